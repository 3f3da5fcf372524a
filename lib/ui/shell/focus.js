// Puts the focus on the control of a part of the page, once for each mark. While the page is still drawn the control may
// come late, or be replaced by another of the same key.
const FIELDS = "input:not([type=hidden]), textarea, select";
const PATIENCE = 5000; // milliseconds until it has appeared
const marks = new WeakMap();

function enter(part, begun, had = false) {
  const inside = document.querySelector(`.st-key-${CSS.escape(part)}`);
  const control = inside?.querySelector(FIELDS) ?? inside?.querySelector("button"); // a field may have one for its help
  const at = document.activeElement;
  if (had && at !== control && at !== document.body) return; // somebody went on
  if (at !== control) control?.focus();
  const has = Boolean(control) && document.activeElement === control;
  if (has && document.querySelector("[data-test-script-state=notRunning]")) return;
  if (performance.now() - begun < PATIENCE) requestAnimationFrame(() => enter(part, begun, had || has));
}

export default function ({ data, parentElement }) {
  if (marks.get(parentElement) === data.mark) return;
  marks.set(parentElement, data.mark);
  enter(data.part, performance.now());
}
