// Streamlit adds an entry to the browser's history for each word that a page writes into its address, so that Back
// would have to be pressed several times. One press of a person is one entry; what follows by itself goes into it.
function oneEntryForAPress() {
  let acted = false;
  const push = window.history.pushState.bind(window.history);
  const replace = window.history.replaceState.bind(window.history);
  for (const act of ["pointerdown", "keydown", "submit"])
    window.addEventListener(act, (event) => { acted = acted || event.isTrusted; }, true);
  window.addEventListener("popstate", () => { acted = false; }, true);
  window.history.pushState = (...words) => {
    (acted ? push : replace)(...words);
    acted = false;
  };
}

// Narrow until somebody draws the edge: Streamlit keeps the width that was drawn, and reads one of its own only
// before the app has said anything.
function narrowUntilDrawn() {
  const classes = document.documentElement.classList;
  classes.toggle("plumbline-narrow", !window.localStorage.getItem("sidebarWidth"));
  window.addEventListener("pointerdown", (event) => {
    if (event.target.closest?.("[data-testid=stSidebarResizeHandle], [data-testid=stSidebar] [style*=col-resize]"))
      classes.remove("plumbline-narrow");
  }, true);
}

// The chosen view of a row that is wider than its window is in sight: once for each choice, for a reader may look on.
function chosenInSight(row) {
  const chosen = row.querySelector("[role=radio][aria-checked=true]");
  const now = chosen && `${chosen.textContent} ${row.clientWidth} ${row.scrollWidth}`;
  if (!now || row.plumblineSeen === now) return;
  row.plumblineSeen = now;
  const [at, seen] = [chosen, row].map((one) => one.getBoundingClientRect());
  row.scrollLeft += at.left + at.width / 2 - seen.left - seen.width / 2;
}

// The project's whole name, where its box is narrower.
function saidInFull(box) {
  if (box.title !== box.value) box.title = box.value;
}

function afterEachDrawing() {
  let waits = false;
  const look = () => {
    waits = false;
    document.querySelectorAll("[data-testid=stButtonGroup] [role=radiogroup]").forEach(chosenInSight);
    document.querySelectorAll("[data-testid=stSidebar] [data-testid=stSelectbox] input").forEach(saidInFull);
  };
  const soon = () => {
    if (!waits) requestAnimationFrame(look);
    waits = true;
  };
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true, attributes: true,
    attributeFilter: ["aria-checked", "value"] });
  window.addEventListener("resize", soon);
  soon();
}

export default function () {
  if (window.plumblineShell) return;
  window.plumblineShell = true;
  oneEntryForAPress();
  narrowUntilDrawn();
  afterEachDrawing();
}
