"""Reference documents on the screen: put in and taken out on Dataset, searched there and on the desk."""

import streamlit as st

from lib.records.words import counted
from lib.store import Store
from lib.ui import at_work, frame
from lib.workflow.dataset import reference
from lib.workflow.dataset.reference import Found

MOST_FOUND = 8  # on the desk: each brings its whole text along
LONG = 2_000  # characters; a longer section scrolls inside its frame
_ENCODINGS = ("utf-8", "latin-1", "cp1252", "utf-16")


def editor(store: Store) -> None:
    """The view on Dataset: add files, see what there is, try a search."""
    st.caption("What the expert looks things up in while reviewing: policies, price lists, product data. Only people "
               "see it; a judge sees the context of a trace. A text is cut at its headings or paragraphs, "
               "a table at its rows. A file of the same name is replaced.")
    if at_work.may(store, "documents", "adds and removes files"):
        _uploader(store)
    found = reference.of(store)  # after what was just added
    if not found.files:
        frame.empty("No reference documents yet", "Add a text or a table above; then they are searched on the desk, "
                    "beside the trace.")
        return
    listed, tried = st.columns([2, 3], gap="large")
    with listed:
        _files(store, found.files)
    with tried:
        st.markdown("**Search**")
        _search(store, "reference_words", limit=20)


def lookup(store: Store) -> None:
    """One search field and what it finds; draws nothing where there is nothing to search."""
    if reference.there(store):
        _search(store, "lookup_words", MOST_FOUND)


def _uploader(store: Store) -> None:
    with st.form("add_reference", clear_on_submit=True, border=True):
        files = st.file_uploader("Texts and tables", type=list(reference.TYPES), accept_multiple_files=True,
                                 max_upload_size=20)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            codec = st.selectbox("Encoding", _ENCODINGS, index=None, placeholder="as the file says", width=200,
                                 accept_new_options=True)
            pressed = st.form_submit_button("Add", type="primary", icon=":material/library_add:")
    if pressed and not files:
        st.warning("Choose a file first.")
    elif pressed:
        with frame.sentences():
            for changed in reference.add(store, [(file.name, file.getvalue()) for file in files], codec):
                st.success(frame.plain(changed), icon=":material/check:")
            _found.clear()


def _files(store: Store, found: dict[str, int]) -> None:
    st.dataframe({"file": list(found), "sections": list(found.values())}, hide_index=True,
                 height="content" if len(found) <= 10 else 380,
                 column_config={"file": st.column_config.TextColumn()})
    picked = st.selectbox("A file to take out", list(found), index=None, placeholder="choose a file",
                          key="reference_file")
    if picked:
        with st.popover("Remove", icon=":material/delete:"):
            st.text(f"Remove {picked} and its {counted(found[picked], 'section')}? Labels and traces stay as they are.")
            st.button("Yes, remove it", type="primary", on_click=_remove, args=(store, picked))


def _remove(store: Store, file: str) -> None:
    with frame.sentences():
        frame.say(f"{file}: {counted(reference.remove(store, file), 'section')} removed.")
        _found.clear()


def _search(store: Store, key: str, limit: int) -> None:
    words = st.text_input("Search the reference", placeholder="Search the reference", icon=":material/search:",
                          key=key, max_chars=200, label_visibility="collapsed")
    if not words.strip():
        return
    found = _found(store, words, limit)
    if not found:
        st.caption("Nothing holds all of these words. The last one may be the beginning of a word.")
    for one in found:
        with st.expander(f"**{frame.plain(one.title)}** · {frame.plain(one.file)}  \n{_snippet(one.snippet)}"):
            _body(one.body)


def _body(text: str) -> None:
    if len(text) > LONG:
        with st.container(height=360, border=False):
            st.text(text)
    else:
        st.text(text)


# At every press the desk draws anew what was found; what another person adds is found half a minute later.
@st.cache_data(ttl=30, max_entries=200, show_spinner=False)
def _found(store: Store, words: str, limit: int) -> list[Found]:
    return reference.search(store, words, limit)


def _snippet(text: str) -> str:
    """On one line, the found words bold, everything else as it is."""
    pieces = " ".join(text.split()).replace(reference.END, reference.FOUND).split(reference.FOUND)
    return "".join(f"**{frame.plain(piece)}**" if number % 2 and piece.strip() else frame.plain(piece)
                   for number, piece in enumerate(pieces))
