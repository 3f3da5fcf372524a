"""A button that copies the whole address of a page, with these words in it, for somebody else's browser."""

import streamlit as st

from lib.store import Store
from lib.workflow import addresses

_copy = st.components.v2.component("plumbline_copy_link", html="""
<div class="row"><button type="button"></button><input type="text" readonly hidden aria-label="The link"></div>
<span role="status"></span>""", css="""
:host { display: block; }
.row { display: flex; gap: 0.5rem; align-items: center; }
button { font: inherit; font-size: 0.875rem; white-space: nowrap; cursor: pointer; color: var(--st-text-color);
  background: transparent; padding: 0.25rem 0.75rem; min-height: 2.5rem; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); }
button:hover, button:focus-visible { color: var(--st-primary-color); border-color: var(--st-primary-color); }
button:focus-visible, input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
input { font: inherit; min-width: 12rem; flex: 1; padding: 0.25rem 0.5rem; min-height: 2.5rem; box-sizing: border-box;
  color: var(--st-text-color); background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); }
input[hidden] { display: none; }
span { font-size: 0.875rem; }
""", js="""
export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button");
  const box = parentElement.querySelector("input");
  const status = parentElement.querySelector("[role=status]");
  button.textContent = data.label;
  const address = () => {
    // The pages of the app lie side by side, below whatever a server put before them.
    const found = new URL(data.page, window.location.href.split(/[?#]/)[0]);
    for (const [name, word] of Object.entries(data.words)) found.searchParams.set(name, word);
    return found.href;
  };
  const copied = () => {
    box.hidden = true;
    status.textContent = "Copied";
  };
  // A page that is read over plain http in a local network has no clipboard of its own.
  const shown = () => {
    box.value = address();
    box.hidden = false;
    box.focus();
    box.select();
    status.textContent = "Ctrl+C copies it";
  };
  box.oncopy = copied;
  button.onclick = () => {
    if (!navigator.clipboard) return shown();
    navigator.clipboard.writeText(address()).then(copied, shown);
  };
}""")


def button(store: Store, page: str, label: str = "Copy link", *, key: str, **words: str | None) -> None:
    """Copies the address of this page of the app (as app.py calls it, "" for the first) on the store's project.

    `words` go into it; empty ones do not. Without a clipboard the address stands in a box, chosen for Ctrl+C.
    """
    with st.container(key=f"copy_{key}", width="content"):
        _copy(key=key, data={"label": label, "page": page or "./", "words": addresses.named(store.project, **words)})
