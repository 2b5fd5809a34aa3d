// The source panel: fills it, and turns `#cite:DOCUMENT:START:END` links into highlights, each citation in its own tint.
// A document enters the DOM once, line by line, as text nodes: HTML parsing would turn CRLF into LF and move every offset.
// Offsets arrive as Unicode code points and are converted here, since strings in JavaScript count UTF-16 units.
(() => {
  "use strict";
  const shutten = window.shutten;
  const LINK = /^#cite:(\d+):(\d+):(\d+)$/;
  const SURROGATE = /[\uD800-\uDBFF]/;
  const views = new Map(); // a document's hash and name -> promise of what was rendered of it
  let documents = []; // as they were when the page was opened: {name, sha256}
  let shown = null; // the view in the panel
  let latest = 0; // the latest request to show something: an earlier one that arrives late is dropped

  const byId = (id) => document.getElementById(id);
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const codePoints = (text) => (SURROGATE.test(text) ? Array.from(text).length : text.length);

  async function fetchJson(path) {
    const response = await fetch(path);
    if (!response.ok) throw new Error(`${path}: ${response.status}`, { cause: response.status });
    return response.json();
  }

  function render({ name, text, zones }) {
    const article = make("article", { className: "document" });
    const lines = [];
    let start = 0;
    for (const piece of text.split(/(?<=\n)/)) {
      const line = { text: piece, start, end: start + codePoints(piece), element: make("div", { className: "line" }) };
      line.element.append(document.createTextNode(piece));
      article.append(line.element);
      lines.push(line);
      start = line.end;
    }
    const view = { name, article, lines, zones, painted: [] };
    for (const zone of zones) {
      const line = lines[lineAt(view, zone.start)];
      if (line) line.element.classList.add("heading");
    }
    if (zones.length && lines[0] && lines[0].text.length < 80) lines[0].element.classList.add("title");
    return view;
  }

  function view({ name, sha256 }) {
    const key = `${sha256} ${name}`;
    if (!views.has(key)) {
      const loading = fetchJson(`v1/documents/text?${new URLSearchParams({ name, sha256 })}`).then(render);
      views.set(key, loading);
      loading.catch(() => views.delete(key)); // the next click tries again
    }
    return views.get(key);
  }

  // The index of the line that holds code point `offset`.
  function lineAt({ lines }, offset) {
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lines[middle].start <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // The UTF-16 index in `line` of code point `offset` of the document.
  function unitAt(line, offset) {
    let left = Math.min(Math.max(offset, line.start), line.end) - line.start;
    if (line.text.length === line.end - line.start) return left;
    let unit = 0;
    for (; left > 0; left -= 1) unit += line.text.codePointAt(unit) > 0xffff ? 2 : 1;
    return unit;
  }

  function unpaint(view) {
    for (const line of view.painted) line.element.replaceChildren(document.createTextNode(line.text));
    view.painted = [];
  }

  const QUOTED = 0x8000;

  // Marks `spans` in the document, each in its tint, and `active` as such; where they overlap, the later and `active` win.
  // Of `active`, what the answer says word for word (`quotes`) stands out.
  function paint(view, spans, active, quotes) {
    unpaint(view);
    view.article.classList.toggle("precise", quotes.length > 0);
    const touched = new Set();
    for (const span of spans)
      for (let at = lineAt(view, span.start); at < view.lines.length && view.lines[at].start < span.end; at += 1)
        touched.add(view.lines[at]);
    for (const line of touched) {
      const shade = new Uint16Array(line.text.length); // 0, or 1 + the span's place, and whether it is quoted
      for (const span of [...spans.filter((one) => one !== active), active])
        shade.fill(1 + spans.indexOf(span), unitAt(line, span.start), unitAt(line, span.end));
      for (const quote of quotes)
        for (let at = unitAt(line, quote.start); at < unitAt(line, quote.end); at += 1) shade[at] |= QUOTED;
      const nodes = [];
      for (let from = 0, to = 0; from < shade.length; from = to) {
        while (to < shade.length && shade[to] === shade[from]) to += 1;
        const text = document.createTextNode(line.text.slice(from, to));
        if (!shade[from]) nodes.push(text);
        else {
          const span = spans[(shade[from] & ~QUOTED) - 1];
          const quoted = shade[from] & QUOTED ? " quoted" : "";
          const mark = make("mark", { className: `${span === active ? "active" : "other"} ${span.tint}${quoted}` });
          mark.append(text);
          nodes.push(mark);
        }
      }
      line.element.replaceChildren(...nodes);
      view.painted.push(line);
    }
  }

  let wanted = null; // what the panel is scrolling to

  // Scrolls inside the panel only, never the page. Lines that were never seen have an estimated height, so that what is
  // scrolled to may have moved by the time it is there: look again until it stays.
  async function scrollTo(element, calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
    const panel = byId("source-text");
    wanted = element;
    for (let tries = 0; tries < 6 && wanted === element; tries += 1) {
      const below = element.getBoundingClientRect().top - panel.getBoundingClientRect().top;
      const most = panel.scrollHeight - panel.clientHeight;
      const top = Math.max(0, Math.min(most, panel.scrollTop + below - panel.clientHeight / 3));
      if (tries && Math.abs(top - panel.scrollTop) < 2) return;
      panel.scrollTo({ top, behavior: calm || tries ? "auto" : "smooth" });
      await still(panel);
    }
  }

  // Resolves when the panel has not moved for some frames.
  async function still(panel) {
    for (let last = NaN, same = 0; same < 4; same += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      if (panel.scrollTop !== last) same = 0;
      last = panel.scrollTop;
    }
  }

  function present(view) {
    if (shown === view) return;
    if (shown) unpaint(shown);
    shown = view;
    byId("source-text").replaceChildren(view.article);
    byId("source-name").textContent = documents.length > 1 ? "" : view.name;
    byId("source-select").value = String(documents.findIndex(({ name }) => name === view.name));
    byId("source-zones").replaceChildren(
      ...view.zones.map((zone) => {
        const button = make("button", { type: "button", textContent: zone.name });
        button.addEventListener("click", () => scrollTo(view.lines[lineAt(view, zone.start)].element));
        return button;
      }),
    );
    byId("source-zones").hidden = !view.zones.length;
  }

  async function open(document) {
    const request = (latest += 1);
    try {
      const found = await view(document);
      if (request !== latest) return null;
      present(found);
      return found;
    } catch (error) {
      console.error(error);
      if (request === latest) shutten.say(byId("source-where"), error.cause === 404 ? "source_changed" : "source_failed");
      return null;
    }
  }

  function where(text) {
    delete byId("source-where").dataset.text;
    byId("source-where").textContent = text;
  }

  function unmark() {
    for (const link of document.querySelectorAll("#conversation a.current")) link.classList.remove("current");
  }

  function target(link) {
    const [, place, start, end] = LINK.exec(link.getAttribute("href")) || [];
    const tint = [...link.classList].find((name) => name.startsWith("tint")) || "";
    return place === undefined ? null : { place: +place, start: +start, end: +end, tint };
  }

  // The answer that a link belongs to; outside of any, what is the page's own. Its documents are those that it was made
  // of, in the order that its links count by: they may be newer than the page.
  function recordOf(link) {
    const record = link.closest(".turn")?.querySelector("template.record");
    if (!record) return { segments: [], documents };
    const answer = JSON.parse(record.content.textContent);
    return { ...answer, documents: Object.entries(answer.documents).map(([name, sha256]) => ({ name, sha256 })) };
  }

  // What an answer says word for word within a stretch that it cites, if that is not all of it; or which sentence of it
  // answers.
  function quotesIn({ segments, documents }, cited) {
    const size = cited.end - cited.start;
    return segments
      .filter(({ type }) => type === "quote")
      .map(({ document, start, end, sentence }) => (sentence ? { document, start: sentence[0], end: sentence[1] } : { document, start, end }))
      .filter(
        ({ document, start, end }) =>
          document === documents[cited.place].name && start >= cited.start && end <= cited.end && end - start < size,
      );
  }

  // Shows what a link cites; the other citations of the same answer get their tints.
  async function follow(link) {
    const cited = target(link);
    const record = recordOf(link);
    const found = cited && (await open(record.documents[cited.place]));
    if (!found) return;
    const answer = link.closest(".answer");
    const others = answer ? [...answer.querySelectorAll("a.cite")].map(target) : [];
    const same = others.find((one) => one && one.start === cited.start && one.end === cited.end && one.place === cited.place);
    cited.tint ||= same ? same.tint : "tint1";
    const elsewhere = others.filter((one) => one && one.place === cited.place && one !== same);
    paint(found, [...elsewhere, cited], cited, quotesIn(record, cited));
    unmark();
    link.classList.add("current");
    where(link.title);
    const mark = found.article.querySelector("mark.active");
    if (mark) scrollTo(mark);
  }

  // Forgets what is highlighted; a citation that is still being opened will not be.
  function forget() {
    latest += 1;
    if (shown) unpaint(shown);
    unmark();
    where("");
  }

  const isSheet = () => window.matchMedia("(max-width: 860px)").matches;

  // On a phone the source is a sheet over the conversation; elsewhere it is always there.
  function raise() {
    if (!isSheet()) return;
    byId("source").classList.add("raised");
    byId("close-source").focus({ preventScroll: true });
  }

  function lower() {
    if (!byId("source").classList.contains("raised")) return;
    byId("source").classList.remove("raised");
    const from = document.querySelector("#conversation a.current") || byId("open-source");
    from.focus({ preventScroll: true });
  }

  function start() {
    const select = byId("source-select");
    documents = JSON.parse(byId("source").dataset.documents);
    select.replaceChildren(...documents.map(({ name }, place) => make("option", { value: String(place), textContent: name })));
    select.hidden = documents.length < 2;
    select.addEventListener("change", () => {
      where("");
      open(documents[+select.value]);
    });
    byId("open-source").addEventListener("click", raise);
    byId("close-source").addEventListener("click", lower);
    document.addEventListener("keydown", (event) => event.key === "Escape" && lower());
    if (documents.length) open(documents[0]);
  }

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element && event.target.closest('a[href^="#cite:"]');
      if (!link) return;
      event.preventDefault();
      event.stopPropagation();
      raise();
      follow(link);
    },
    true,
  );

  Object.assign(shutten, { startSource: start, follow, forget });
})();
