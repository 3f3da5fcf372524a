// Builds a trace's text of nodes: elements of this list alone, every text as text, never as HTML.
const ELEMENTS = new Set(["p", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "br", "table",
  "thead", "tbody", "tr", "th", "td", "details", "summary", "a", "div", "span"]);
const BLOCKS = "p, pre, li, td, th, summary, div, blockquote, details";
const MOST_MARKS = 2000;
const drawn = new WeakMap();

function built(node) {
  if (typeof node === "string") return document.createTextNode(node);
  const [tag, about, ...inside] = node;
  if (tag === "raw") return withRaw(about, inside);
  if (!ELEMENTS.has(tag)) return document.createTextNode("");
  const made = document.createElement(tag);
  if (about.class) made.className = about.class;
  if (about.start) made.start = about.start;
  if (about.open) made.open = true;
  if (about.label) {
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", about.label);
  }
  if (about.href && /^(https?:\/\/|mailto:)/.test(about.href)) {
    made.href = about.href;
    made.target = "_blank";
    made.rel = "noopener noreferrer";
    made.referrerPolicy = "no-referrer";
  }
  for (const one of inside) made.append(built(one));
  return made;
}

function button(words, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}

// Code and JSON with what copies their text; JSON also with its text as it is stored, and its folds.
function withRaw({ text, language, folds }, inside) {
  const box = document.createElement("div"), tools = document.createElement("div");
  const shown = document.createElement("div"), raw = document.createElement("pre");
  box.className = "tt-raw";
  tools.className = "tt-tools";
  raw.className = "tt-code tt-wrapped";
  raw.hidden = true;
  for (const one of inside) shown.append(built(one));
  const said = document.createElement("span");
  said.textContent = language || "";
  tools.append(said);
  const swap = () => {
    if (!raw.textContent) raw.textContent = text;
    raw.hidden = !raw.hidden;
    shown.hidden = !raw.hidden;
    box.dispatchEvent(new CustomEvent("tt-change", { bubbles: true }));
  };
  if (folds) {
    const closed = () => shown.querySelectorAll("details:not([open])");
    if (closed().length) tools.append(button("Unfold all", () => {
      if (shown.hidden) toggle.click();
      for (const one of closed()) one.open = true;
    }));
  }
  const toggle = button("Raw", () => { swap(); toggle.setAttribute("aria-pressed", String(shown.hidden)); });
  toggle.setAttribute("aria-pressed", "false");
  if (folds) tools.append(toggle);
  tools.append(button("Copy", (event) => copied(event.currentTarget, text, () => {
    if (folds && raw.hidden) toggle.click();
    return folds ? raw : shown;
  })));
  box.append(tools, shown, raw);
  return box;
}

// Without a clipboard, which a browser has on a safe address alone, the text is chosen for Ctrl+C.
async function copied(pressed, text, whole) {
  try {
    await navigator.clipboard.writeText(text);
    pressed.textContent = "Copied";
  } catch {
    window.getSelection().selectAllChildren(whole());
    pressed.textContent = "Press Ctrl+C";
  }
}

// As the store's search compares: A to Z as a to z, any other letter as it is.
const folded = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

function unmarked(root) {
  const before = root.querySelectorAll("mark");
  for (const mark of before) mark.replaceWith(...mark.childNodes);
  if (before.length) root.normalize();
}

// The texts of each block in one, so that a hit may begin before a bold word and end in it.
function* blocks(root) {
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, (one) =>
    one.nodeType === 1 && (one.matches(".tt-tools, .tt-hits, .tt-peek, .tt-much, .tt-badge") || one.hidden)
      ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  let texts = [], block = null;
  while (walk.nextNode()) {
    const one = walk.currentNode;
    const inside = one.nodeType === 3 ? one.parentElement.closest(BLOCKS) : null;
    if (one.nodeName === "BR" || (inside && inside !== block)) {
      yield texts;
      texts = [];
    }
    if (inside) {
      block = inside;
      texts.push(one);
    }
  }
  yield texts;
}

function hits(texts, wanted) {
  const whole = folded(texts.map((one) => one.data).join("")), found = [];
  for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + wanted.length)) found.push(at);
  return found;
}

function marked(root, wanted) {
  unmarked(root);
  let number = 0, left = MOST_MARKS;
  for (const texts of wanted ? [...blocks(root)] : []) {
    const found = hits(texts, wanted);
    number += found.length;
    mark(texts, found.slice(0, Math.max(left, 0)), wanted.length);
    left -= found.length;
  }
  return number;
}

// Each text is walked once: `from` holds where the hits begin in all of them together, each `length` long.
function mark(texts, from, length) {
  let start = 0, at = 0;
  for (const text of texts) {
    const end = start + text.data.length, here = [];
    while (at < from.length && from[at] < end) {
      here.push([from[at] - start, from[at] + length - start]);
      if (from[at] + length > end) break;
      at += 1;
    }
    // From the end, so that what is before a hit stays where it is.
    for (const [begins, ends] of here.reverse()) {
      if (ends < end - start) text.splitText(ends);
      const made = document.createElement("mark"), inside = begins > 0 ? text.splitText(begins) : text;
      inside.replaceWith(made);
      made.append(inside);
      if (begins >= 0) made.dataset.hit = "";
    }
    start = end;
  }
}

function unfolded(part) {
  for (let one = part.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
}

// A folded turn says how many hits are in it; what is folded inside a turn that is open is unfolded, and so is the
// first turn where all hits are in folded ones.
function unfoldHits(root) {
  const found = [...root.querySelectorAll("mark[data-hit]")];
  const turn = (one) => one.closest("details.tt-turn:not([open])");
  for (const one of root.querySelectorAll(".tt-badge")) one.remove();
  const outside = found.filter((one) => !turn(one));
  (outside.length ? outside : found.slice(0, 1)).forEach(unfolded);
  const inside = Map.groupBy(found.filter(turn), turn);
  for (const [fold, hits] of inside) {
    const badge = document.createElement("span");
    badge.className = "tt-badge";
    badge.textContent = hits.length === 1 ? "1 hit" : `${hits.length} hits`;
    fold.querySelector("summary").append(badge);
  }
}

const card = (root) => root.closest(".st-key-trace_card") || root;

// The line that counts the hits of a whole card, which may be of several parts with pictures between them.
function counted(root) {
  const bar = card(root).querySelector(".tt-hits");
  if (!bar) return;
  const found = [...card(root).querySelectorAll("mark[data-hit]")].filter((one) => !one.closest("[hidden]"));
  const number = [...card(root).querySelectorAll(".tt-root")].reduce((sum, one) => sum + Number(one.dataset.hits), 0);
  bar.found = found;
  bar.querySelector("span").textContent = number === 1 ? "1 hit" : number
    ? `${number.toLocaleString("en")} hits` + (number > found.length ? `, ${found.length} of them marked` : "")
    : bar.dataset.missed;
  for (const one of bar.querySelectorAll("button")) one.hidden = !number;
}

function hitBar(data) {
  const bar = document.createElement("div"), said = document.createElement("span");
  bar.className = "tt-hits";
  bar.dataset.missed = data.missed;
  said.setAttribute("role", "status");
  bar.at = -1;
  const go = (step) => () => {
    if (!bar.found.length) return;
    bar.found[bar.at]?.classList.remove("tt-here");
    bar.at = (Math.max(bar.at, step > 0 ? -1 : 0) + step + bar.found.length) % bar.found.length;
    const here = bar.found[bar.at];
    unfolded(here);
    here.classList.add("tt-here");
    here.scrollIntoView({ block: "center", inline: "nearest" });
    said.textContent = `${bar.at + 1} of ${bar.found.length === 1 ? "1 hit" : `${bar.found.length} hits`}`;
  };
  const back = button("↑", go(-1)), on = button("↓", go(1));
  for (const [one, words] of [[back, "Previous hit"], [on, "Next hit"]]) {
    one.setAttribute("aria-label", words);
    one.title = words;
  }
  bar.append(said, back, on);
  return bar;
}

// What scrolls can be reached by keys.
function reachable(root) {
  for (const one of root.querySelectorAll("pre, .tt-scroll, .tt-json, .tt-long")) {
    if (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  }
}

// Another trace begins at its top, in the box that the one before was scrolled in.
function toTop(root) {
  for (let one = root; one && one.matches && !one.matches("[data-testid=stMain]"); one = one.parentElement)
    if (one.scrollTop) one.scrollTop = 0;
}

function draw(parent, data) {
  const root = document.createElement("div"), before = drawn.get(parent);
  root.className = "tt-root";
  if (data.search && data.missed) root.append(hitBar(data));
  for (const node of data.nodes) root.append(built(node));
  parent.querySelector(":scope > .tt-root")?.remove();
  parent.append(root);
  if (before && before.of !== data.of) toTop(parent);
  const wanted = folded(data.search || "");
  const again = () => { root.dataset.hits = marked(root, wanted); counted(root); };
  again();
  unfoldHits(root);
  // Once for all that changes in a frame: a search may unfold hundreds of parts at once.
  let soon = 0;
  const look = () => { soon ||= requestAnimationFrame(() => { soon = 0; reachable(root); }); };
  root.addEventListener("tt-change", () => { if (wanted) again(); look(); });
  root.addEventListener("toggle", look, true);
  const watch = new ResizeObserver(look);
  watch.observe(root);
  return watch;
}

export default function ({ data, parentElement }) {
  // Called at every run of the page: what is the same stays, with its folds and where it was scrolled to.
  const said = JSON.stringify(data), before = drawn.get(parentElement);
  if (!data || (before?.said === said && parentElement.querySelector(":scope > .tt-root"))) return;
  before?.watch.disconnect();
  const watch = draw(parentElement, data);
  drawn.set(parentElement, { said, of: data.of, watch });
}
