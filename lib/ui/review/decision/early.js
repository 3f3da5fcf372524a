// What is typed between a press and the next trace: never words of the trace just labelled, never keys of the desk.
// It is held back, and where it is words it goes on in the box of the trace that comes.
const WRITES = /^w/i; // the key that leads into the box
const WORDS = /\p{L}{3}/u; // fewer letters are presses in the rhythm of work, and those come too soon

// Whether a key belongs to what is held back; it does nothing else then.
function heldBack(panel, event, at) {
  const typing = at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
  if (!panel.waiting || (typing && !panel.root.contains(at))) return false;
  const shortcut = event.metaKey || event.ctrlKey !== event.altKey; // AltGr is both, and types
  if (event.key === "Backspace") panel.early = panel.early.slice(0, -1);
  else if (event.key === "Enter") panel.early += panel.early ? "\n" : "";
  else if (event.key.length !== 1) return false;
  else if (shortcut) return event.altKey; // Alt+1 waits for its trace; Ctrl+R is the browser's
  else panel.early += event.key;
  event.preventDefault();
  event.stopPropagation();
  keep(panel);
  return true;
}

// The boxes of a trace that is on its way out, or that rests, take no words.
function lock(panel) {
  const locked = panel.waiting || (panel.data?.rest === "done" && !panel.awake);
  for (const name of ["critique", "revised"]) part(panel, name).readOnly = locked;
}

// The next trace stands: words that were meant for it go into its box.
function typedAhead(panel) {
  if (panel.waiting || !panel.early) return;
  const text = panel.early.replace(WRITES, "");
  const words = WORDS.test(text) || (WRITES.test(panel.early) && text);
  const opens = WRITES.test(panel.early);
  panel.early = "";
  if (asleep(panel)) return say(panel, words ? `${ASLEEP} What you typed went nowhere: “${text}”.` : ASLEEP);
  if (!words && !opens) return say(panel, "Keys pressed before this trace stood here did nothing.");
  const box = part(panel, "critique");
  box.focus({ preventScroll: true });
  box.setRangeText(text, box.value.length, box.value.length, "end");
  if (text) typed(panel);
}
