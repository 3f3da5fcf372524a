// The words of a box are sent after a pause, as if it were left: the box keeps the focus and the caret.
const BOXES = ".st-key-judge_prompt textarea, .st-key-judge_prompt [class*='st-key-note_of_'] input, .st-key-desk_ruling textarea";
const PAUSE = 1000; // milliseconds after the last key
const PATIENCE = 10000; // milliseconds a key waits for the page
const ENDINGS = { j: "judge_wrong", l: "label_wrong", u: "criterion_unclear", b: "borderline" };
const STEPS = { n: ".st-key-case_Next button", p: ".st-key-case_Previous button" };
let stop = () => {};
let timer, held;

function typed(event) {
  const box = event.target;
  if (!event.isTrusted || !box.matches?.(BOXES) || box.closest("[data-testid=stForm]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => send(box), PAUSE);
}

function send(box) {
  if (!box.isConnected || document.activeElement !== box || splits(box)) return;
  // React hears of it as of a blur; the browser moves no focus.
  box.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
}

// A heading that is typed makes another box of what follows it: that waits until this one is left.
function splits(box) {
  const whole = box.closest(".st-key-judge_prompt") && document.querySelector(".st-key-one_text input:checked");
  return box.closest(".st-key-judge_prompt") && !whole && /^##/m.test(box.value);
}

const running = () => !document.querySelector("[data-test-script-state=notRunning]");

function press(event) {
  const key = event.key.toLowerCase(), desk = document.querySelector(".st-key-desk_ruling");
  if (!desk || !(ENDINGS[key] || STEPS[key] || key === "s") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable=true]") || !running()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.repeat) return;
  // To rule the same is meant for the case that is on the screen, an ending is chosen for the one that comes.
  const same = key === "s" && [...(desk.querySelector("[class*='st-key-again_']")?.classList ?? [])].find((one) => one.startsWith("st-key-again_"));
  const button = ENDINGS[key] ? `[class*='st-key-ruling_${ENDINGS[key]}_'] button` : STEPS[key] ?? (same && `.${same} button`);
  const waits = held;
  held = button && { button, begun: performance.now() };
  if (held && !waits) wait();
}

function wait() {
  if (!held || performance.now() - held.begun > PATIENCE) held = null;
  else if (running()) setTimeout(wait, 20);
  else {
    document.querySelector(held.button)?.click();
    held = null;
  }
}

export default function () {
  stop();
  const listening = new AbortController();
  const on = { capture: true, signal: listening.signal };
  document.addEventListener("input", typed, on);
  document.addEventListener("keydown", press, on);
  stop = () => listening.abort();
  return stop;
}
