// Failure modes ticked at the desk, once the label is stored as fail: each by a click or by the letter beside it.
const LETTERS = "asfghjklqertyiopzxcvbm"; // none that the desk has a use for

function offer(panel, data) {
  const modes = data.modes ?? [], names = JSON.stringify(modes.map(([name]) => name));
  part(panel, "modes").hidden = !modes.length;
  if (panel.offered !== names) {
    panel.offered = names;
    part(panel, "ticks").replaceChildren(...modes.map(([name], place) => choice(panel, name, LETTERS[place])));
  }
  const boxes = part(panel, "ticks").querySelectorAll("input");
  modes.forEach(([name, on], place) => {
    const sent = panel.outbox.findLast((event) => event.kind === "mode" && event.trace === data.trace && event.name === name);
    boxes[place].checked = sent ? sent.on : on;
  });
}

function choice(panel, name, letter) {
  const label = document.createElement("label"), box = document.createElement("input");
  label.className = "tick";
  box.type = "checkbox";
  box.onchange = () => tick(panel, name, box.checked);
  label.append(box, ` ${name} `);
  if (letter) label.append(Object.assign(document.createElement("kbd"), { textContent: letter.toUpperCase() }));
  return label;
}

// The box that a letter stands beside, or nothing.
function lettered(panel, key) {
  const place = part(panel, "modes").hidden || key.length !== 1 ? -1 : LETTERS.indexOf(key);
  return place < 0 ? null : part(panel, "ticks").querySelectorAll("input")[place];
}

// Of the trace alone: what is typed beside it goes its own way.
function tick(panel, name, on) {
  add(panel, { kind: "mode", trace: panel.data.trace, name, on });
  keep(panel);
  panel.transmit();
  insist(panel);
}
