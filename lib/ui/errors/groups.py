"""Axial coding on the screen: groups of notes a model proposes, and what a person makes of every failure mode.

A model's groups are marked and counted apart until a person confirms them.
"""

import secrets
from collections.abc import Callable
from typing import Any

import streamlit as st

from lib.records import Job, minute
from lib.records.words import counted
from lib.store import Store
from lib.store.errors import analyses, mode_history
from lib.ui import at_work, endpoints, frame, job_progress
from lib.workflow.errors import analysing, naming
from lib.workflow.errors.analysing import Said
from lib.workflow.errors.naming import Chosen, Groups

_KINDS = {"": "not said", "specification": "specification: never asked for",
          "generalisation": "generalisation: asked for, not followed"}
_SHORT = 300  # characters of an input in a table cell
Rows = list[dict[str, Any]]
_CAN_WE = ("Can we just fix it? Where the AI was never asked for it, say so in its prompt first; a judge or an "
           "assertion is for what was asked for and is not followed.")


def page(store: Store) -> None:
    """Proposing or by hand, deciding on what was proposed, and each failure mode with its history."""
    found = naming.groups(store)
    if found is None:
        frame.empty("No fail yet", "Failure modes are names for why a trace failed: review some first.", "review",
                    "Review traces")
        return
    if at_work.person(store, "failure mode") is None:
        return
    st.caption(found.naming.words)
    with st.container(key="group_doors", horizontal=True):
        _ask(store, found.naming.said)
        _by_hand(store)
    job_progress.watch(store, analyses.GROUPS, lambda found: {"asked for": ["groups"] * len(found)}, _outcome,
                       analysing.ANALYSES)
    _waiting(store, found)
    _confirmed(store, found.confirmed, found.alive)
    _gone(store, found.gone)


def _outcome(store: Store, job: Job) -> str:
    found = analyses.outcome(store, job.id)
    tokens = found["prompt_tokens"] + found["completion_tokens"]
    return frame.plain(f". {found['told']} {counted(tokens, 'token')}.") if found["told"] else ""


def _ask(store: Store, said: Said) -> None:
    closed = bool(said.missing) or not said.fails
    with st.popover("Have a model propose groups", icon=":material/workspaces:", disabled=closed):
        if not at_work.may(store, "analyses", "asks a model, which costs calls"):
            return
        chosen = endpoints.picker(store, "groups")
        token = st.session_state.setdefault("groups_token", secrets.token_hex(16))
        st.caption("One call with the newest notes, and with the critiques of fails that have none. What it proposes "
                   "counts only once you confirm it." + (
                       f" {said.notes + said.critiques:,} are few: from {analysing.ENOUGH_NOTES} on groups show more."
                       if said.few else ""))
        if st.button("Ask the model", key="ask_groups", type="primary", disabled=not chosen or closed):
            with frame.sentences():
                made = analysing.start_groups(store, endpoint=chosen[0], model=chosen[1], token=token)
                analysing.start_process(store, made.id)
                del st.session_state["groups_token"]
                st.rerun()


def _waiting(store: Store, found: Groups) -> None:
    if not found.waiting:
        return
    st.header(f"Proposed, not confirmed: {len(found.waiting):,}")
    st.caption("Not counted anywhere yet. Read what is behind a group before you confirm it.")
    for group in found.waiting:
        row = group.row
        with st.container(border=True):
            st.markdown(f"**{frame.plain(row['name'])}** :orange-badge[not confirmed]")
            st.text(row["definition"] or "no definition")
            with st.expander(f"Notes and critiques behind it: {len(group.behind):,}", icon=":material/notes:"):
                for note in group.behind:
                    st.text(f"{note['trace_id']}: {note['text']}")
            with st.container(horizontal=True):
                st.button("Confirm", key=f"confirm_{row['id']}", icon=":material/check:", type="primary",
                          on_click=_do, args=("Confirmed.", mode_history.confirm, store, row["id"]))
                st.button("Reject", key=f"reject_{row['id']}", icon=":material/close:",
                          on_click=_do, args=("Rejected.", mode_history.reject, store, row["id"]))
                _merge(store, row, found.alive)


def _do(word: str, verb: Callable[..., object], *words: object) -> None:
    """As a button's action: what was asked for and a word that it is done, or the sentence why not."""
    with frame.sentences():
        verb(*words)
        frame.say(word)


def _merge(store: Store, row: dict[str, Any], alive: Rows) -> None:
    others = {one["name"]: one["id"] for one in alive if one["id"] != row["id"]}
    with st.popover("Merge into …", icon=":material/merge:", disabled=not others):
        into = st.selectbox("Failure mode", list(others), index=None, key=f"into_{row['id']}")
        st.caption("Its fails and notes move there. It can be taken apart again.")
        st.button("Merge", key=f"merge_{row['id']}", disabled=into is None, on_click=_do,
                  args=("Merged.", mode_history.merge, store, row["id"], others.get(into)))


def _confirmed(store: Store, rows: Rows, alive: Rows) -> None:
    st.header(f"Failure modes: {len(rows):,}")
    if not alive:
        st.caption("None yet. Have a model group what was said of the fails, or write the first one down by hand.")
    if rows:
        st.dataframe({"name": [row["name"] for row in rows], "fails": [row["fails"] for row in rows],
                      "notes": [row["notes"] for row in rows], "impact": [row["impact"] for row in rows],
                      "kind": [row["kind"] or "–" for row in rows],
                      "definition": [row["definition"] for row in rows]}, hide_index=True)
        known = {str(row["id"]): row for row in rows}
        picked = frame.choose("Look at", list(known), "group", words=lambda key: known[key]["name"])
        _one(store, naming.chosen(store, known[picked]), alive)


def _by_hand(store: Store) -> None:
    """Stays open, so that one failure mode after the other can be written down."""
    with st.popover("New failure mode by hand", icon=":material/add:", key="new_mode_door"), st.form(
            "new_mode", border=False):
        st.text_input("Name", placeholder="what goes wrong, in two to five words", key="new_mode_name")
        st.text_area("Definition", height=80, key="new_mode_definition")
        st.form_submit_button("Add", on_click=frame.act, args=(_create, store))


def _create(store: Store) -> None:
    name = st.session_state["new_mode_name"].strip()
    mode_history.create(store, name, st.session_state["new_mode_definition"])
    frame.say(f"“{name}” added.")
    st.session_state["new_mode_name"] = st.session_state["new_mode_definition"] = ""


def _one(store: Store, found: Chosen, alive: Rows) -> None:
    row = found.row
    left, right = st.columns(2, gap="medium")
    with left, st.form(f"mode_{row['id']}", border=True):
        st.text_input("Name", row["name"], key=f"name_{row['id']}")
        st.text_area("Definition", row["definition"], key=f"definition_of_{row['id']}",
                     placeholder="What makes a fail one of these?", height=100)
        st.selectbox("Kind", list(_KINDS), list(_KINDS).index(row["kind"]), format_func=_KINDS.get,
                     key=f"kind_{row['id']}", help=_CAN_WE)
        st.selectbox("Impact", list(mode_history.IMPACTS), mode_history.IMPACTS.index(row["impact"]),
                     key=f"impact_{row['id']}", help="How much one such fail hurts a user.")
        st.form_submit_button("Save", type="primary", on_click=frame.act, args=(_save, store, row["id"]))
    with right:
        _split(store, row, found.fails)
        with st.container(horizontal=True):
            _merge(store, row, alive)
            st.button("Reject", key=f"reject_{row['id']}", icon=":material/close:", on_click=_do,
                      args=("Rejected.", mode_history.reject, store, row["id"]),
                      help="It counts no more. Its fails are kept, and it can be taken up again.")
        _history(found.events)


def _save(store: Store, mode: int) -> None:
    name, definition, kind, impact = (st.session_state[f"{field}_{mode}"]
                                      for field in ("name", "definition_of", "kind", "impact"))
    with store.transaction():
        mode_history.rename(store, mode, name)
        mode_history.redefine(store, mode, definition, kind, impact)
    frame.say("Saved.")


def _split(store: Store, row: dict[str, Any], rows: Rows) -> None:
    st.caption(f"Its fails: {row['fails']:,}. Pick those that go to a new failure mode to split it.")
    if not rows:
        return
    event = st.dataframe({
        "note": [one["note"] or "–" for one in rows], "trace": [one["trace_id"] for one in rows],
        "input": [one["input"][:_SHORT] for one in rows], "named first by": [one["source"] for one in rows]},
        key=f"split_{row['id']}_{len(rows)}", hide_index=True, height=220, on_select="rerun",
        selection_mode="multi-row")
    picked = [rows[place]["trace_id"] for place in event.selection.rows if place < len(rows)]
    if picked:
        name = st.text_input("Name of the new failure mode", key=f"split_name_{row['id']}")
        st.button(f"Split off {len(picked):,}", key=f"split_off_{row['id']}", icon=":material/call_split:",
                  on_click=_do, args=("Split off.", mode_history.split, store, row["id"], name, picked))


def _history(found: Rows) -> None:
    if found:
        with st.expander(f"History: {len(found):,}", icon=":material/history:"):
            for event in found:
                by = f", {event['author']}" if event["author"] else ""
                st.caption(frame.plain(f"{minute(event['created_at'])}{by}: {_told(event)}"))


def _told(event: dict[str, Any]) -> str:
    """An event in words."""
    kind, detail = event["kind"], event["detail"]
    return {
        "renamed": lambda: f"renamed from “{detail['before']}”",
        "redefined": lambda: "; ".join(f"{name} was “{before}”" for name, (before, _) in detail.items()),
        "merged": lambda: f"merged into “{detail['target']}” with {counted(len(detail['traces']), 'fail')}",
        "took in": lambda: f"took in “{detail['name']}” with {counted(detail['fails'], 'fail')}",
        "taken apart": lambda: f"taken out of “{detail['target']}”",
        "split": lambda: f"{counted(detail['fails'], 'fail')} went to “{detail['name']}”",
        "split off": lambda: f"split off “{detail['name']}” with {counted(detail['fails'], 'fail')}",
    }.get(kind, lambda: {"proposed": "proposed by a model"}.get(kind, kind))()


def _gone(store: Store, rows: Rows) -> None:
    if not rows:
        return
    with st.expander(f"Merged or rejected: {len(rows):,}", icon=":material/archive:"):
        for row in rows:
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                into = f"merged into {row['merged_into']}" if row["merged_into"] else "rejected"
                st.caption(frame.plain(f"{row['name']}: {into}"))
                if row["merged_into"]:
                    st.button("Take apart", key=f"apart_{row['id']}", on_click=_do,
                              args=("Taken apart.", mode_history.take_apart, store, row["id"]))
                else:
                    st.button("Take up again", key=f"again_{row['id']}", on_click=_do,
                              args=("Taken up again.", mode_history.confirm, store, row["id"]))
