"""Who is at work in this browser: asked in the page where somebody writes, and shown beside what is written.

`person` is the one question every page asks. It is answered from the store's person, which `frame.begin` sets.
"""

from contextlib import suppress
from dataclasses import replace

import streamlit as st

from lib.records import STAND_INS, PlumblineError
from lib.records.people import ROLES, VIEWER, Person
from lib.store import Store, experts, people, roles
from lib.ui import frame
from lib.ui.people import browser
from lib.ui.team import mode, visitor

_MEANS = {"expert": "labels", "engineer": "edits the judge", "PM": "decides what to fix", "viewer": "reads along"}
PAGE = "page"
_ASKED_AT = "person_asked_at"  # the place on the page where somebody pressed "not you?"


def person(store: Store, noun: str, place: str = PAGE, shown: bool = True, viewers: bool = False,
           table: str = "sign_offs", act: str = "") -> Person | None:
    """Who writes here, with name and role; None where that is asked first, or where a viewer may only read.

    `noun` is what carries the name, `place` tells several of one page apart, `shown` draws the person at once,
    `viewers` lets those in who only read. `table` is what is written, where not everybody but viewers writes it, and
    `act` what is said of who does, in place of "writes a" noun.
    """
    here = _here(store)
    if here is None and mode.team():
        # An account says who it is; only retired people are not at work then.
        st.caption(frame.plain(f"{browser.claimed()[0]} has retired in this project and reads along: Settings → "
                               "Experts brings somebody back."))
        return None
    if here is None or st.session_state.get(_ASKED_AT) == place:
        _ask(store, noun, place, here)
        return None
    reads = (here.role == VIEWER or not roles.may(store.role, table)) and not viewers
    if reads or shown:
        _button(here, place, place)
    if reads and store.role is not None:
        may(store, table, act or f"writes {_one(noun)}")
    elif reads:
        st.caption(f"A viewer reads along. To write {_one(noun)}, say above that you work here as something else.")
    return None if reads else here


def _one(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def may(store: Store, table: str, act: str) -> bool:
    """Whether who is here may do what writes this table; else a line says who does: `act` as in 'starts a run'."""
    allowed = roles.may(store.role, table)
    if not allowed:
        st.caption(frame.plain(f"As {roles.said(store.role or '')} you read this; "
                               f"{roles.others(roles.WRITES[table])} {act}."))
    return allowed


def _here(store: Store) -> Person | None:
    found = people.get(store, store.person) if store.person else None
    if store.person and roles.may(store.role, "experts") and (found is None or store.role not in (None, found.role)):
        # Who said so in another project of the file comes here for the first time.
        with suppress(PlumblineError):
            found = people.enter(store, *browser.claimed())
    if store.role is None or not store.person:
        return found
    # What a login says goes before what stands in the list of people; a viewer stands in no list.
    return replace(found, role=store.role) if found else Person(store.person, store.role)


def beside(store: Store) -> None:
    """Name and role once more beside what is pressed, inside a page that has asked; one click asks anew."""
    if here := people.get(store, store.person or ""):
        _button(here, "beside", PAGE)


def _button(here: Person, key: str, place: str) -> None:
    if mode.team():
        visitor.way_out(f"As {frame.plain(here.words)}. Log out", key)
    elif st.button(f"As {frame.plain(here.words)}. Not you?", key=f"as_{key}", icon=":material/person:",
                 type="tertiary"):
        st.session_state[_ASKED_AT] = place
        st.rerun()


def _ask(store: Store, noun: str, place: str, here: Person | None) -> None:
    names = [one.name for one in people.every(store) if not one.retired]
    with st.form(f"who_{place}", border=True):
        st.markdown("**Who are you?**")
        st.caption(f"Each {noun} carries the name of who gave it. Asked once in this browser.")
        left, right = st.columns(2)
        chosen = left.selectbox("Your name", names, index=None, placeholder="choose", disabled=not names,
                                key=f"who_chosen_{place}")
        typed = right.text_input("or, if it is not in the list", placeholder="your name", key=f"who_typed_{place}")
        role = st.radio("You work here as", ROLES, index=None, horizontal=True, key=f"who_role_{place}",
                        format_func=lambda one: f"{one}: {_MEANS[one]}")
        if st.form_submit_button("Go on as this person", type="primary", icon=":material/person:"):
            with frame.sentences():
                _take(store, typed.strip() or chosen or "", role or "")
    if here and st.button(f"Stay {frame.plain(here.name)}", key=f"stay_{place}", type="tertiary"):
        st.session_state.pop(_ASKED_AT)
        st.rerun()


def _take(store: Store, name: str, role: str) -> None:
    found = people.enter(store.by(name), name, role)
    browser.say(found.name, found.role)
    st.session_state.pop(_ASKED_AT, None)
    # The trace of the one who was here is not what comes next for the other.
    st.query_params.pop("trace", None)
    st.rerun()


def caution(store: Store) -> None:
    """A line where the principal only stands in for the expert: every figure rests on a stand-in."""
    principal = experts.principal(store)
    if principal and principal.basis in STAND_INS:
        st.warning(frame.plain(f"{principal.name} decides here as {principal.basis}. A stand-in is not the expert: "
                               "have the real one label a part of these traces too; Review → Reviewers compares."),
                   icon=":material/supervisor_account:")
