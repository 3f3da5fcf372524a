// A text box of Streamlit tells of its words when it is left: so it is left and entered again before a key acts.
const BUTTONS = { s: ".st-key-bench_save button", Enter: ".st-key-bench_run button" };
const FIELDS = "textarea, input, select, [contenteditable=true]";
const PATIENCE = 5000; // milliseconds until a box has appeared
const APART = 100; // milliseconds in which words that were left are on their way to the server
const marks = new WeakMap();
let stop = () => {};

function press(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !BUTTONS[key]) return;
  const at = event.target.closest?.(FIELDS);
  // In a form, or in the box of another part, Ctrl+Enter has its own meaning.
  if (key === "Enter" && at && (!at.closest(".st-key-judge_prompt") || at.closest("[data-testid=stForm]"))) return;
  const button = document.querySelector(BUTTONS[key]);
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.repeat || button.disabled) return;
  if (!at) return button.click();
  leaveAndEnter(at);
  whenHeard(() => document.querySelector(BUTTONS[key])?.click());
}

// Words and a press that come together are one request to Streamlit, for the part of the page where the first began:
// so the press waits until the words are with the server and what they draw anew is drawn.
function whenHeard(act, begun = performance.now(), sent = false) {
  const waited = performance.now() - begun;
  const busy = !document.querySelector("[data-test-script-state=notRunning]");
  if ((!busy && (sent || waited > APART)) || waited > PATIENCE) act();
  else setTimeout(() => whenHeard(act, begun, sent || busy), 20);
}

let left = -Infinity;

// What holds the beginning of another section is not sent while somebody types, for its box would be split.
function waits(event) {
  const box = event.target.closest?.(".st-key-judge_prompt textarea");
  const whole = document.querySelector(".st-key-one_text input:checked");
  const splits = event.type === "input" && !whole && /^##/m.test(box?.value ?? "");
  box?.closest("[data-testid=stTextArea]")?.toggleAttribute("data-waits", splits && !box.closest("[data-testid=stForm]"));
}

function leave(event) {
  waits(event);
  if (event.target.closest?.(".st-key-judge_prompt")) left = performance.now();
}

function click(event) {
  const button = event.target.closest?.("button");
  if (!event.isTrusted || !button || button.closest(".st-key-judge_prompt") || performance.now() - left > APART) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const key = [...(button.closest("[class*='st-key-']")?.classList ?? [])].find((name) => name.startsWith("st-key-"));
  // What was drawn anew meanwhile is another element of the same key.
  whenHeard(() => (button.isConnected || !key ? button : document.querySelector(`.${CSS.escape(key)} button`))?.click());
}

function leaveAndEnter(field) {
  const { selectionStart, selectionEnd, scrollTop } = field;
  field.blur();
  field.focus({ preventScroll: true });
  if (selectionStart !== null && selectionStart !== undefined) field.setSelectionRange(selectionStart, selectionEnd);
  field.scrollTop = scrollTop;
}

function listen() {
  stop();
  const listening = new AbortController();
  const on = { capture: true, signal: listening.signal };
  document.addEventListener("keydown", press, on);
  document.addEventListener("focusout", leave, on);
  document.addEventListener("click", click, on);
  document.addEventListener("input", waits, on);
  stop = () => listening.abort();
  return stop;
}

function enter(box, begun = performance.now()) {
  const field = document.querySelector(`.st-key-${CSS.escape(box)} textarea`);
  if (field) field.focus();
  else if (performance.now() - begun < PATIENCE) requestAnimationFrame(() => enter(box, begun));
}

// Who has ruled below a case, as on a phone, reads the next one from its beginning.
function top(mark, parentElement) {
  const before = marks.get(parentElement);
  marks.set(parentElement, mark);
  const read = document.querySelector(".st-key-desk_case");
  if (before && before !== mark && read?.getBoundingClientRect().top < 0)
    document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });
}

export default function ({ data, parentElement }) {
  if (data.keys) return listen();
  if (data.read) top(data.mark, parentElement);
  if (data.box && marks.get(parentElement) !== data.mark) {
    marks.set(parentElement, data.mark);
    enter(data.box);
  }
  return () => {};
}
