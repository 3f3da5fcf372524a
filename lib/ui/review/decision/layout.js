// Where the panel stands: on a phone its bar lies over the foot of the window, and nothing else may end beneath it.
const MARKED = "--plumbline-bar"; // the height of the bar, for the style sheets of the page

function fit(panel) {
  const bar = part(panel, "bar"), root = document.documentElement;
  panel.sizes = new ResizeObserver(() => root.style.setProperty(MARKED, `${bar.offsetHeight}px`));
  panel.sizes.observe(bar);
  // A keyboard on the screen covers the foot of the window: the bar stands on it.
  const seen = window.visualViewport, signal = panel.listening.signal;
  const stand = () => {
    const covered = seen.scale === 1 ? Math.max(0, Math.round(window.innerHeight - seen.height - seen.offsetTop)) : 0;
    bar.style.setProperty("--covered", `${covered}px`);
  };
  if (seen) ["resize", "scroll"].forEach((name) => seen.addEventListener(name, stand, { signal }));
}

function unfit(panel) {
  panel.sizes.disconnect();
  document.documentElement.style.removeProperty(MARKED);
}

function card() {
  return document.querySelector(".st-key-trace_card");
}

// The next trace is read from its beginning.
function top(panel) {
  const box = card();
  if (!box) return;
  box.scrollTop = 0;
  if (getComputedStyle(part(panel, "bar")).position === "fixed") box.scrollIntoView({ block: "start" });
}

// While reading the keys that scroll a page scroll the trace, where that has a frame of its own.
function scrolling(event) {
  const box = card();
  if (!box || box.scrollHeight <= box.clientHeight || event.composedPath()[0].closest?.("button, a, summary, input")) return null;
  const page = box.clientHeight - 40;
  const by = { ArrowDown: 60, ArrowUp: -60, PageDown: page, PageUp: -page, " ": event.shiftKey ? -page : page }[event.key];
  return by ? () => box.scrollBy({ top: by }) : null;
}
