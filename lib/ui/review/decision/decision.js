// The decision: critique box, pass and fail, keys. What is typed or pressed stays in this browser until the server
// says that it is stored: a label belongs to the showing it was given in, and nothing is lost between the two.
const SHOWN_AT_LEAST = 350; // milliseconds: a faster press was meant for the trace before
const PAUSE = 1000; // after the last key a draft is sent
const FOLLOWED_AFTER = 2000; // a link is followed even where the server does not answer
const PATIENCE = 4000; // then it is said that the server has not answered
const NO_ANSWER =
  "The server has not answered yet. What you gave is kept in this browser and is sent again by itself.";
const ORPHANED = 10000; // what a closed tab left behind is taken over after this
const panels = new WeakMap();
const part = (panel, name) => panel.root.querySelector(`.${name}`);

export default function ({ data, parentElement, setStateValue }) {
  let panel = panels.get(parentElement);
  const created = !panel;
  if (created) panels.set(parentElement, (panel = create(parentElement, data)));
  panel.transmit = () => setStateValue("outbox", panel.outbox);
  show(panel, data);
  // Who has just said a name is at the desk now: the next key is for the trace.
  if (created && data.arrived) panel.root.querySelector(".decision").focus({ preventScroll: true });
  return () => stop(panel);
}

function create(root, data) {
  const panel = { root, outbox: [], seq: 0, hidden: 0, client: ownName(), timers: {}, early: "" };
  panel.key = `plumbline ${data.scope} `;
  for (const name of ["critique", "revised"]) {
    part(panel, name).addEventListener("input", () => typed(panel));
    part(panel, name).addEventListener("blur", () => sendDraft(panel));
  }
  part(panel, "pass").onclick = (event) => decide(panel, event, "pass");
  part(panel, "fail").onclick = (event) => decide(panel, event, "fail");
  part(panel, "save").onclick = (event) => decide(panel, event, "note");
  for (const name of ["back", "next", "defer", "undo"]) part(panel, name).onclick = (event) => move(panel, event, name);
  part(panel, "help").onclick = () => toggleKeys(panel);
  part(panel, "change").onclick = () => wake(panel);
  part(panel, "onward").onclick = (event) => move(panel, event, "next");
  recover(panel);
  listen(panel);
  fit(panel);
  return panel;
}

// Once a panel: Streamlit calls the function above for every trace, and what that returns at the very end alone.
function listen(panel) {
  panel.listening = new AbortController();
  const on = (name, act, capture = false) => document.addEventListener(name, act, { capture, signal: panel.listening.signal });
  on("keydown", (event) => press(panel, event));
  on("keyup", (event) => (panel.held = panel.held === event.code ? null : panel.held));
  on("click", (event) => follow(panel, event), true);
  on("visibilitychange", () => (document.hidden ? leave(panel) : (panel.hiddenAt = pause(panel))));
}

// Another reviewer, project or page: what is not sent yet stays in the browser until this panel is back.
function stop(panel) {
  panel.listening.abort();
  unfit(panel);
  Object.values(panel.timers).forEach(clearTimeout);
  panels.delete(panel.root);
}

// A name that this tab keeps over a reload.
function ownName() {
  const made = Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join("");
  try {
    const known = sessionStorage.getItem("plumbline tab");
    if (!known) sessionStorage.setItem("plumbline tab", made);
    return known || made;
  } catch {
    return made;
  }
}

// What this tab before its reload, or a tab that is gone, had not brought to the server yet.
function recover(panel) {
  try {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(panel.key))) {
      const left = JSON.parse(localStorage.getItem(key));
      if (key !== panel.key + panel.client && Date.now() - left.at < ORPHANED) continue;
      localStorage.removeItem(key);
      for (const event of left.events) add(panel, event);
      if (left.draft) add(panel, { ...left.draft, kind: "draft" });
      panel.early = left.early ?? "";
    }
  } catch {
    // A browser that keeps nothing for pages: then the server's copy is the only one.
  }
}

function keep(panel) {
  const draft = dirty(panel) ? { trace: panel.data.trace, ...written(panel) } : null;
  const key = panel.key + panel.client;
  try {
    if (!draft && !panel.outbox.length && !panel.early) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ at: Date.now(), events: panel.outbox, draft, early: panel.early }));
  } catch {
    // As above.
  }
}

function show(panel, data) {
  const fresh = panel.data?.showing !== data.showing;
  panel.outbox = panel.outbox.filter((event) => data.ack.client !== panel.client || event.seq > data.ack.seq);
  const unsent = panel.outbox.findLast((event) => event.trace === data.trace && "critique" in event);
  if (panel.data && fresh) sendDraft(panel);
  panel.data = data;
  if (fresh) begin(panel, data, unsent);
  wait(panel, panel.outbox.some((event) => event.kind !== "draft" && event.kind !== "mode"));
  if (data.notice) say(panel, data.notice);
  // A note is text alone: no outcome, nothing to put off or take back.
  panel.root.querySelector(".decision").classList.toggle("note", Boolean(data.note));
  rest(panel);
  offer(panel, data);
  // Of a label without a critique a reason is asked for only where its outcome changes.
  part(panel, "reason").hidden = !data.change || !(data.said?.trim() || panel.asked);
  part(panel, "undo").disabled = !data.undo;
  part(panel, "name").textContent = data.question;
  part(panel, "after").replaceChildren(...data.after.map((line) => paragraph(line)));
  lock(panel);
  if (fresh) typedAhead(panel);
  panel.root.querySelector(".decision").style.setProperty("--pass", data.colours[0]);
  panel.root.querySelector(".decision").style.setProperty("--fail", data.colours[1]);
  for (const name of ["pass", "fail"]) part(panel, name).classList.toggle("given", data.given === name);
  keep(panel);
  if (panel.outbox.length && !panel.sentOnce) panel.transmit();
  panel.sentOnce = true;
  insist(panel);
}

function begin(panel, data, unsent) {
  appear(panel);
  if (!data.note && panel.trace && panel.trace !== data.trace) top(panel);
  panel.trace = data.trace;
  panel.awake = panel.asked = false;
  panel.root.querySelector(".decision").dataset.trace = data.trace;
  panel.hidden = 0;
  part(panel, "critique").value = unsent ? unsent.critique : data.text;
  part(panel, "revised").value = unsent ? unsent.revised : data.revised;
  panel.root.querySelector("details").open = Boolean(part(panel, "revised").value);
  part(panel, "new").checked = data.new;
  part(panel, "why").value = unsent?.reason ?? "";
  part(panel, "restored").hidden = !(data.restored || unsent?.kind === "draft");
  panel.saved = unsent ? JSON.stringify(written(panel)) : JSON.stringify({ critique: data.text, revised: data.revised });
  say(panel, "");
  if (panel.root.contains(panel.root.activeElement)) panel.root.activeElement.blur();
}

function appear(panel) {
  panel.shownAt = performance.now();
  panel.root.querySelector(".decision").dataset.shownAt = panel.shownAt;
}

function written(panel) {
  return { critique: part(panel, "critique").value, revised: part(panel, "revised").value };
}

function dirty(panel) {
  return Boolean(panel.data) && JSON.stringify(written(panel)) !== panel.saved;
}

function typed(panel) {
  if (panel.data && asleep(panel)) wake(panel); // who adds to a fail just given means to change it
  keep(panel);
  clearTimeout(panel.timers.draft);
  panel.timers.draft = setTimeout(() => sendDraft(panel), PAUSE);
}

function sendDraft(panel) {
  clearTimeout(panel.timers.draft);
  if (dirty(panel)) send(panel, { kind: "draft" });
}

// Adds what happened on the trace that is on the screen, and brings all that is not stored yet to the server.
function send(panel, event) {
  panel.saved = JSON.stringify(written(panel));
  add(panel, { trace: panel.data.trace, showing: panel.data.showing, ...written(panel), ...event });
  keep(panel);
  panel.transmit();
  insist(panel);
}

function add(panel, event) {
  // The number begins at the clock: a reload begins above all that was sent before it.
  panel.seq = Math.max(panel.seq + 1, Date.now());
  if (event.kind === "draft" || event.kind === "label") {
    panel.outbox = panel.outbox.filter((old) => old.kind !== "draft" || old.trace !== event.trace);
  }
  panel.outbox.push({ ...event, client: panel.client, seq: panel.seq });
}

// A slow browser hears of a press late: what counts is when it was made. The second of a double click never does.
function tooSoon(panel, event) {
  const soon = event.timeStamp - panel.shownAt < SHOWN_AT_LEAST || (event.type === "click" && event.detail > 1);
  if (soon) {
    // The wait begins anew: of a burst of presses only the first counts.
    appear(panel);
    say(panel, "That press came too soon after this trace appeared, so it did nothing.");
  }
  return soon;
}

function decide(panel, event, outcome) {
  if (panel.waiting || tooSoon(panel, event)) return;
  // At the end nothing changes a label before somebody has chosen to.
  if (panel.data.rest === "done" && !panel.awake) return say(panel, ASLEEP);
  // One more press in the rhythm of work is not meant to change a label; a click, or a key while writing, is.
  if (panel.data.rest && !panel.awake && event.type === "keydown" && !event.altKey && event.key !== "Enter"
    && !completes(panel, outcome)) return say(panel, asleep(panel) ? ASLEEP : AT_REST);
  const reason = part(panel, "why").value.trim();
  if (panel.data.change && !reason && !(outcome === panel.data.given && !panel.data.said.trim())) {
    panel.asked = true;
    part(panel, "reason").hidden = false;
    say(panel, panel.data.change);
    part(panel, "why").focus();
    return;
  }
  wait(panel, true);
  send(panel, {
    kind: "label", outcome, reason, new: part(panel, "new").checked, seen: panel.data.seen, mode: panel.data.mode,
    purpose: panel.data.purpose, content: panel.data.content, seconds: (performance.now() - panel.shownAt - panel.hidden) / 1000,
  });
}

function move(panel, event, to) {
  if (panel.waiting || part(panel, to).disabled || (to === "defer" && tooSoon(panel, event))) return;
  const changed = dirty(panel);
  wait(panel, true);
  send(panel, { kind: to, changed });
}

// A link to another page waits until what is on its way has arrived: Streamlit breaks off with an error where a part
// of the old page comes in on the new one.
function follow(panel, event) {
  const link = event.target.closest?.("a[href]");
  if (!link || panel.following || event.ctrlKey || event.metaKey || event.shiftKey || (!panel.outbox.length && !running())) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const begun = performance.now();
  const look = () => {
    if ((panel.outbox.length || running()) && performance.now() - begun < FOLLOWED_AFTER) setTimeout(look, 30);
    else {
      panel.following = true;
      link.click();
      panel.following = false;
    }
  };
  look();
}

function running() {
  return Boolean(document.querySelector("[data-test-script-state=running]"));
}

// As long as something is not stored the whole page is asked for again, and the outbox goes with it: a server that
// was started anew knows nothing of the part of the page that was on the screen. One at work is not broken off.
function insist(panel) {
  clearTimeout(panel.timers.insist);
  if (!panel.outbox.length) return;
  panel.timers.insist = setTimeout(() => {
    if (!running()) document.dispatchEvent(new Event("plumbline-wake"));
    insist(panel);
  }, PATIENCE);
}

// While a decision is on its way nothing else may be pressed: the next press is for the next trace.
function wait(panel, waiting) {
  if (panel.waiting === waiting) return;
  panel.waiting = waiting;
  lock(panel);
  clearTimeout(panel.timers.patience);
  if (waiting) panel.timers.patience = setTimeout(() => say(panel, NO_ANSWER), PATIENCE);
  else if (part(panel, "notice").textContent === NO_ANSWER) say(panel, "");
}

function leave(panel) {
  panel.hiddenAt = performance.now();
  sendDraft(panel);
}

function pause(panel) {
  if (panel.hiddenAt) panel.hidden += performance.now() - panel.hiddenAt;
  return 0;
}

function say(panel, text) {
  part(panel, "notice").textContent = text;
  part(panel, "notice").hidden = !text;
}

function paragraph(text) {
  const line = document.createElement("p");
  line.textContent = text;
  return line;
}
