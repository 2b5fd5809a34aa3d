// The interface's languages: says every `data-text`, `data-label` and `data-placeholder` in the reader's, and keeps the choice.
// The texts come from the catalogue `app/serving/texts.py`, written into the page as `shuttenTexts`.
window.shutten = {};
(() => {
  "use strict";
  const texts = window.shuttenTexts;
  const KEPT = "shutten-language";
  let language = kept() || preferred();

  function kept() {
    try {
      const found = localStorage.getItem(KEPT);
      return found in texts ? found : null;
    } catch {
      return null; // storage that is switched off
    }
  }

  function preferred() {
    for (const wish of navigator.languages || [navigator.language]) {
      const tongue = wish.toLowerCase().split("-")[0];
      if (tongue in texts) return tongue;
    }
    return "en"; // somebody who reads none of them reads this one most likely
  }

  const filled = (id, slots) => texts[language][id].replace(/\{(\w+)\}/g, (whole, name) => slots[name] ?? whole);

  function each(root, name, say) {
    if (root.matches?.(`[data-${name}]`)) say(root);
    for (const element of root.querySelectorAll(`[data-${name}]`)) say(element);
  }

  // Says everything below `root` in the language of the interface.
  function localise(root) {
    document.documentElement.lang = language; // Gradio writes the browser's there
    each(root, "text", (one) => (one.textContent = filled(one.dataset.text, one.dataset)));
    each(root, "label", (one) => one.setAttribute("aria-label", filled(one.dataset.label, one.dataset)));
    each(root, "placeholder", (one) => one.setAttribute("placeholder", filled(one.dataset.placeholder, one.dataset)));
    each(root, "label", (one) => one.matches("button") && one.setAttribute("title", one.getAttribute("aria-label")));
  }

  function choose(wish) {
    language = wish;
    try {
      localStorage.setItem(KEPT, wish);
    } catch {
      // then for this visit only
    }
    localise(document.body);
  }

  // Makes `element` say a text of the catalogue, now and in every language chosen later.
  function say(element, id, slots = {}) {
    Object.assign(element.dataset, slots, { text: id });
    element.textContent = filled(id, element.dataset);
  }

  Object.assign(window.shutten, { localise, choose, say, filled, language: () => language });
})();
