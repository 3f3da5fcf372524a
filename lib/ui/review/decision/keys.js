// The keys of the desk: what each does while reading, and while writing in one of its boxes.
const DIGITS = { Digit1: "pass", Digit2: "fail" }; // not of the number pad: without Num Lock its 2 moves down
const ELSEWHERE = "[role=radiogroup], [role=tablist], [role=slider], [role=listbox], [role=menu], [role=dialog], "
  + "[data-testid=stDataFrame]";

function toggleKeys(panel) {
  part(panel, "keys").hidden = !part(panel, "keys").hidden;
  part(panel, "help").setAttribute("aria-expanded", String(!part(panel, "keys").hidden));
  part(panel, "keys").scrollIntoView({ block: "nearest" });
}

function press(panel, event) {
  if (event.isComposing) return;
  if (heldBack(panel, event, event.composedPath()[0])) return;
  if (event.repeat) {
    // Of a key that is held down only the first press counts, and the rest is not typed into the box it led to.
    if (panel.held === event.code) event.preventDefault();
    return;
  }
  const at = event.composedPath()[0];
  // Elsewhere on the page these keys may have a meaning of their own.
  if (!panel.root.contains(at) && at.closest?.(ELSEWHERE)) return;
  const typing = at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) && at.type !== "checkbox";
  const action = typing ? whileTyping(panel, event, at) : whileReading(panel, event);
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  panel.held = event.code;
  action();
}

function whileTyping(panel, event, at) {
  if (!panel.root.contains(at)) return null;
  // Alt with Ctrl is AltGr on Windows, which types @ and the like.
  if (event.altKey && !event.ctrlKey && DIGITS[event.code] && !panel.data.note) return () => decide(panel, event, DIGITS[event.code]);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return () => saveAgain(panel, event);
  return event.key === "Escape" ? () => at.blur() : null;
}

function saveAgain(panel, event) {
  if (panel.data.note) decide(panel, event, "note");
  else if (panel.data.given) decide(panel, event, panel.data.given);
  else say(panel, "Pass or fail? Alt+1 saves it as pass, Alt+2 as fail.");
}

function whileReading(panel, event) {
  // By its place too, for on many keyboards (French, Czech) the keys marked 1 and 2 give them with Shift alone.
  const digit = { 1: "pass", 2: "fail" }[event.key] ?? (event.shiftKey ? null : DIGITS[event.code]);
  if (panel.data.note && event.key === "Enter" && (event.ctrlKey || event.metaKey)) return () => saveAgain(panel, event);
  if (event.ctrlKey || event.metaKey || (event.altKey && !digit)) return null;
  if (panel.data.note && (digit || /^[dun]$/.test(letter(event)))) return null;
  if (digit) return () => decide(panel, event, digit);
  // Words typed at the end are no keys either.
  if (panel.data.rest === "done" && !panel.awake && /^[a-z]$/.test(letter(event))) return () => say(panel, ASLEEP);
  const moves = { ArrowLeft: "back", ArrowRight: "next", d: "defer", u: "undo" };
  const key = letter(event), box = event.altKey ? null : lettered(panel, key);
  if (box) return () => box.click();
  if (moves[key]) return () => move(panel, event, moves[key]);
  return {
    w: () => part(panel, "critique").focus(),
    n: () => part(panel, "new").click(),
    "?": () => toggleKeys(panel),
  }[key] ?? scrolling(event);
}

// The letter of a key: by its place where the keyboard's own letters are not Latin.
function letter(event) {
  const latin = event.key > "~" && event.key.length === 1 && /^Key[A-Z]$/.test(event.code);
  return latin ? event.code[3].toLowerCase() : event.key.length === 1 ? event.key.toLowerCase() : event.key;
}
