// A text box of Streamlit tells of its words when it is left: so it is left and entered again before a key acts.
const BUTTONS = { s: ".st-key-bench_save button", Enter: ".st-key-bench_run button" };
const FIELDS = "textarea, input, select, [contenteditable=true]";
const PATIENCE = 5000; // milliseconds until a box has appeared
const APART = 100; // milliseconds between words and a press that come to the server one after the other
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
  if (at) leaveAndEnter(at);
  setTimeout(() => button.click(), at ? APART : 0);
}

// What happens at once Streamlit sends at once, for the part of the page where it began: a button of another part
// would be pressed and not heard. So a press that leaves the prompt waits until the words are sent.
let left = -Infinity;

function leave(event) {
  if (event.target.closest?.(".st-key-judge_prompt")) left = performance.now();
}

function click(event) {
  const button = event.target.closest?.("button");
  if (!event.isTrusted || !button || button.closest(".st-key-judge_prompt") || performance.now() - left > APART) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  setTimeout(() => button.click(), APART);
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
  stop = () => listening.abort();
  return stop;
}

function enter(box, begun = performance.now()) {
  const field = document.querySelector(`.st-key-${CSS.escape(box)} textarea`);
  if (field) field.focus();
  else if (performance.now() - begun < PATIENCE) requestAnimationFrame(() => enter(box, begun));
}

export default function ({ data, parentElement }) {
  if (data.keys) return listen();
  if (data.box && marks.get(parentElement) !== data.mark) {
    marks.set(parentElement, data.mark);
    enter(data.box);
  }
  return () => {};
}
