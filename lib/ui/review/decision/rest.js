// Where the keys for pass and fail rest: on a labelled trace that nobody went to in order to change it.
const AT_REST = "You have labelled this trace, so the keys for pass and fail rest. Click Pass or Fail to change the label.";
const ASLEEP = "You have labelled this trace, so the keys for pass and fail rest. Press Change this label to give another.";

// Whether the outcomes are put away until somebody chooses to change the label.
function asleep(panel) {
  return ["done", "ticking"].includes(panel.data.rest) && !panel.awake;
}

function rest(panel) {
  panel.root.querySelector(".decision").classList.toggle("asleep", asleep(panel));
  part(panel, "onward").hidden = panel.data.rest !== "ticking";
}

function wake(panel) {
  panel.awake = true;
  rest(panel);
  lock(panel);
  say(panel, "");
}

// Whether a press with the outcome given before stores what has been written since.
function completes(panel, outcome) {
  const text = written(panel).critique;
  return outcome === panel.data.given && text.trim() !== "" && text !== panel.data.said;
}
