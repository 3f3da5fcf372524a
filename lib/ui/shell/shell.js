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

export default function () {
  if (window.plumblineShell) return;
  window.plumblineShell = true;
  oneEntryForAPress();
  narrowUntilDrawn();
}
