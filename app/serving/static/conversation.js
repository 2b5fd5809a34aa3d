// The conversation: asks, puts replies in, and keeps the questions in the browser, so that a reload or a restart of the
// server tells the same conversation again. Knows nothing of what an answer says: the server renders every turn.
(() => {
  "use strict";
  const shutten = window.shutten;
  const KEPT = "shutten-questions";
  const MOST = 200; // turns kept
  const MOST_BYTES = 900_000; // what one request may weigh; the server takes a little more
  const CHUNK = 8; // turns told at a time when a conversation is told again
  const PROBE = 3_000; // milliseconds without a reply before the server is asked whether it is there
  const GIVE_UP = 30_000; // milliseconds without a reply from a server that is there
  let questions = []; // of the turns shown, in order
  let send = null; // hands a request to the server
  let waiting = null; // the request that is under way
  let next = null; // what was asked meanwhile
  let untold = []; // questions of older turns that are not on the page yet
  let replies = 0;

  const byId = (id) => document.getElementById(id);
  const turns = () => [...document.querySelectorAll("#turns .turn")];

  function keep() {
    try {
      localStorage.setItem(KEPT, JSON.stringify(questions));
    } catch {
      // storage that is switched off or full: the conversation lasts as long as the page
    }
  }

  function kept() {
    try {
      const found = JSON.parse(localStorage.getItem(KEPT) || "[]");
      return Array.isArray(found) ? found.filter((one) => typeof one === "string").slice(-MOST) : [];
    } catch {
      return [];
    }
  }

  // ── Asking ─────────────────────────────────────────────────────────────────────────────────────────────────

  // `pressed`: by a button, which may be gone or far away when the answer comes; the focus then goes to the answer.
  // `older`: turns that were there before the page was loaded, of which the newest were told first.
  function request(all, first, { pressed = false, older = false } = {}) {
    const asked = { questions: all, first, reply: (replies += 1) };
    if (new Blob([JSON.stringify(asked)]).size > MOST_BYTES) {
      problem("error.question_too_long");
      return;
    }
    waiting = { ...asked, pressed, older, since: Date.now() };
    if (!older) byId("conversation").setAttribute("aria-busy", "true");
    send(asked);
    waiting.timer = setInterval(probe, PROBE);
  }

  // What is asked while another request is under way waits for it; the same question twice is Enter pressed twice.
  function ask(question, pressed = false) {
    if (waiting) {
      if (waiting.older || question !== waiting.questions.at(-1)) next = () => ask(question, pressed);
      return;
    }
    const asked = question.toWellFormed ? question.toWellFormed() : question;
    const before = questions.slice(1 - MOST); // the oldest turns stay on the page, but are not asked again
    request([...before, asked], before.length, { pressed });
  }

  async function probe() {
    const mine = waiting;
    if (!mine) return;
    let there = false;
    try {
      there = (await fetch("healthz")).ok && Date.now() - mine.since < GIVE_UP;
    } catch {
      // it is not
    }
    if (!there && mine === waiting) {
      next = null;
      settle();
      problem("error.no_reply");
    }
  }

  function settle() {
    clearInterval(waiting?.timer);
    waiting = null;
    byId("conversation").removeAttribute("aria-busy");
  }

  function problem(id) {
    const box = document.createElement("div");
    box.className = "problem";
    shutten.say(box, id);
    byId("problem").replaceChildren(box);
  }

  // ── Replies ────────────────────────────────────────────────────────────────────────────────────────────────

  // Takes a reply over into the page; one that nobody waits for any more is dropped, so nothing is ever half there.
  function deliver(holder) {
    const reply = holder.querySelector(".reply");
    if (!reply || !waiting || +reply.dataset.reply !== waiting.reply) return;
    const asked = waiting;
    settle();
    const wrong = reply.querySelector(".problem");
    byId("problem").replaceChildren(...(wrong ? [wrong] : []));
    shutten.localise(reply);
    shutten.localise(byId("problem"));
    if (!wrong) take(asked, [...reply.querySelectorAll(".turn")]);
    const go = next;
    next = null;
    if (go) go();
    else if (!wrong) tellOlder();
  }

  // Puts the turns that were asked for into the conversation.
  function take(asked, told) {
    if (asked.older) {
      untold = asked.questions.slice(0, asked.first);
      insertAbove(told);
      return;
    }
    questions = asked.questions;
    keep();
    const box = byId("question");
    if (box.value === questions.at(-1)) box.value = "";
    byId("turns").append(...told);
    present(told.at(-1));
    if (asked.pressed) {
      told.at(-1).tabIndex = -1;
      told.at(-1).focus({ preventScroll: true });
    }
  }

  // Above what is being read, which stays where it is.
  function insertAbove(told) {
    const conversation = byId("conversation");
    const below = conversation.scrollHeight - conversation.scrollTop;
    byId("turns").prepend(...told);
    conversation.scrollTop = conversation.scrollHeight - below;
  }

  // Has the newest of the questions told that are not told yet; what is asked meanwhile goes first.
  function tellOlder() {
    if (untold.length) request(untold, Math.max(0, untold.length - CHUNK), { older: true });
  }

  // Tells a conversation that was there before: its end first, since that is what is read. Then asks `question`, if any.
  function restore(before, question) {
    questions = before;
    untold = before.slice(0, -CHUNK);
    const asks = question !== null && question !== before.at(-1) ? () => ask(question) : null;
    if (before.length) {
      request(before, untold.length);
      next = asks;
    } else asks?.();
  }

  // Shows the newest turn: its question at the top, its first citation in the source, its answer to a screen reader.
  function present(turn) {
    settled();
    shutten.forget();
    if (!turn) return;
    const conversation = byId("conversation");
    conversation.scrollTo({ top: turn.offsetTop - conversation.offsetTop });
    byId("announce").textContent = turn.querySelector(".said").textContent;
    const link = turn.querySelector("a.cite") || turn.querySelector(".chart a.fact");
    if (link) shutten.follow(link);
  }

  function settled() {
    const empty = !turns().length;
    byId("welcome").hidden = !empty;
    byId("clear").hidden = empty;
    byId("export").hidden = empty;
  }

  function clear() {
    settle();
    questions = [];
    untold = [];
    next = null;
    keep();
    byId("turns").replaceChildren();
    byId("problem").replaceChildren();
    present(null);
    byId("question").focus();
  }

  // ── The page ───────────────────────────────────────────────────────────────────────────────────────────────

  function clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-ask], [data-ask-text]") : null;
    if (button) {
      button.closest("details.chip")?.removeAttribute("open");
      ask(button.dataset.ask ?? shutten.filled(button.dataset.askText, button.dataset), true);
    }
    for (const menu of document.querySelectorAll("details[name=chip][open]"))
      if (!menu.contains(event.target)) menu.removeAttribute("open");
  }

  function pressed(event) {
    if (event.key === "Escape")
      for (const menu of document.querySelectorAll("details[name=chip][open]")) {
        menu.removeAttribute("open");
        menu.querySelector("summary").focus();
      }
  }

  function opened(event) {
    if (event.target.open) event.target.querySelector(".menu")?.scrollIntoView({ block: "nearest" });
  }

  // Enter sends, Shift+Enter breaks the line, and Enter that settles a Japanese conversion does neither.
  // Safari ends the composition before its keydown: that one has the key code 229.
  function typed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    byId("asking").requestSubmit();
  }

  // `?q=…` asks once: the address is then the page's own again, or a reload would ask a second time.
  function asked() {
    const address = new URL(location.href);
    const question = address.searchParams.get("q");
    if (question === null) return null;
    address.searchParams.delete("q");
    history.replaceState(history.state, "", address);
    return question;
  }

  // Called once, when the page is there; `trigger` hands a request to the server.
  function connect(root, trigger) {
    send = trigger;
    shutten.localise(document.body);
    const select = byId("language");
    select.value = shutten.language();
    select.addEventListener("change", () => shutten.choose(select.value));
    byId("asking").addEventListener("submit", (event) => {
      event.preventDefault();
      ask(byId("question").value);
    });
    byId("question").addEventListener("keydown", typed);
    byId("clear").addEventListener("click", clear);
    document.addEventListener("click", clicked);
    document.addEventListener("keydown", pressed);
    root.addEventListener("toggle", opened, true);
    root.addEventListener("click", shutten.handleRecord);
    shutten.startSource();
    settled();
    byId("question").focus({ preventScroll: true });
    restore(kept(), asked());
  }

  Object.assign(shutten, { connect, deliver });
})();
