// What can be done with an answer: copy it with its citations, link to its question, prove it again, rate it; and what
// can be done with all of them: export. An answer is the contract's JSON, as it came with its turn.
(() => {
  "use strict";
  const shutten = window.shutten;
  const PATIENCE = 2_000; // milliseconds that 「写しました」 stays

  const allTurns = () => [...document.querySelectorAll("#turns .turn")];
  // As it was written, digit by digit: what is exported and proved is what came, not what JavaScript makes of it.
  const writtenOf = (turn) => turn.querySelector("template.record").content.textContent;
  const recordOf = (turn) => JSON.parse(writtenOf(turn));

  // ── As text ────────────────────────────────────────────────────────────────────────────────────────────────

  // The answer with [n] behind every cited stretch; neighbours with the same citations share one mark.
  function marked(record) {
    return record.segments
      .map((segment, i) => {
        const next = record.segments[i + 1]?.citations.join() ?? "";
        const cited = segment.citations.join();
        return segment.text + (cited && cited !== next ? segment.citations.map((n) => `[${n}]`).join("") : "");
      })
      .join("");
  }

  const sourceLine = (citation) =>
    `[${citation.n}] ${citation.document} ${citation.start}–${citation.end}` +
    `（${[citation.zone, citation.kind].filter(Boolean).join("・")}）「${citation.text}」`;

  const plain = (record) => [marked(record), "", ...record.citations.map(sourceLine)].join("\n").trim() + "\n";

  // A backslash before every punctuation mark that Markdown could read, and no indentation: what was said is what is seen.
  const escaped = (text) => text.replace(/[!-/:-@[-`{-~]/g, "\\$&").replace(/^[ \t]+/gm, "");
  const heading = (text) => escaped(text.replace(/\s+/g, " "));
  const paragraph = (text) => escaped(text).replace(/\r?\n(?=.)/g, "  \n");

  const markdown = (all) =>
    all
      .map((record) => {
        const sources = record.citations.map((citation) => `- ${heading(sourceLine(citation))}\n`);
        return `## ${heading(record.question)}\n\n${paragraph(marked(record))}\n\n${sources.join("")}`;
      })
      .join("\n");

  function save(name, type, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), PATIENCE);
  }

  const today = () => new Date().toISOString().slice(0, 10);

  function exported(kind) {
    const turns = allTurns();
    if (kind === "json") save(`shutten-${today()}.json`, "application/json", `{"answers":[${turns.map(writtenOf).join(",\n")}]}\n`);
    else save(`shutten-${today()}.md`, "text/markdown", markdown(turns.map(recordOf)));
  }

  async function write(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // not a secure page, or not allowed: the old way
      const area = Object.assign(document.createElement("textarea"), { value: text, className: "unseen" });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }

  // ── With the server ────────────────────────────────────────────────────────────────────────────────────────

  async function post(path, body) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(path, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.status === 204 ? null : response.json();
  }

  function outcome(turn, id, detail = "") {
    const line = turn.querySelector(".outcome");
    shutten.say(line, id);
    line.title = detail;
  }

  async function verify(turn) {
    const badge = turn.querySelector(".verify");
    badge.classList.remove("proved", "unproved");
    shutten.say(badge, "verifying");
    try {
      const verdict = await post("v1/verify", writtenOf(turn));
      badge.classList.add(verdict.proved ? "proved" : "unproved");
      shutten.say(badge, verdict.proved ? "proved" : "unproved");
      badge.title = verdict.explanation;
      const line = turn.querySelector(".outcome");
      delete line.dataset.text;
      line.textContent = verdict.explanation;
    } catch (error) {
      console.error(error);
      shutten.say(badge, "verify");
      outcome(turn, "error.failed");
    }
  }

  // A thumb opens a line for a comment; only sending that sends anything.
  function rate(turn, button) {
    turn.querySelector(".rating")?.remove();
    const pressed = button.getAttribute("aria-pressed") === "true";
    for (const one of turn.querySelectorAll(".rate")) one.setAttribute("aria-pressed", "false");
    if (pressed) return;
    button.setAttribute("aria-pressed", "true");
    const form = Object.assign(document.createElement("form"), { className: "rating" });
    const comment = Object.assign(document.createElement("input"), { type: "text", maxLength: 1000, autocomplete: "off" });
    Object.assign(comment.dataset, { placeholder: "comment", label: "comment" });
    const send = Object.assign(document.createElement("button"), { type: "submit" });
    send.dataset.text = "rate";
    form.append(comment, send);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const turns = allTurns();
        const history = turns.slice(0, turns.indexOf(turn)).map((one) => recordOf(one).question);
        const opinion = { answer: recordOf(turn), rating: button.dataset.rating, comment: comment.value, history };
        await post("v1/feedback", JSON.stringify(opinion));
        form.remove();
        outcome(turn, "rated");
      } catch (error) {
        console.error(error);
        outcome(turn, "error.failed");
      }
    });
    turn.querySelector(".tools").after(form);
    shutten.localise(form);
    comment.focus();
  }

  async function copied(turn, text) {
    await write(text);
    outcome(turn, "copied");
    setTimeout(() => (turn.querySelector(".outcome").textContent = ""), PATIENCE);
  }

  function handleRecord(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if (button.id.startsWith("export-")) {
      button.closest("details").removeAttribute("open");
      exported(button.id.slice("export-".length));
    }
    const turn = button.closest(".turn");
    if (!turn) return;
    if (button.classList.contains("copy")) copied(turn, plain(recordOf(turn)));
    if (button.classList.contains("link"))
      copied(turn, `${location.origin}${location.pathname}?q=${encodeURIComponent(recordOf(turn).question)}`);
    if (button.classList.contains("verify")) verify(turn);
    if (button.classList.contains("rate")) rate(turn, button);
  }

  Object.assign(shutten, { handleRecord });
})();
