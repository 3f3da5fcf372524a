"""People on the screen: who works here as what, who is principal, renamed, merged, retired, and the log of it all."""

from collections.abc import Callable, Sequence

import streamlit as st

from lib.records import BASES, STAND_INS, minute
from lib.records.people import ROLES, Person
from lib.records.words import counted
from lib.store import Store, experts, roles, sign_offs
from lib.store import people as stored
from lib.ui import at_work, frame
from lib.ui.people import waiting
from lib.workflow import people, working_here
from lib.workflow.working_here import Member, Team


def page(store: Store) -> None:
    """Everybody with role and basis, one more, those who have retired, and the log."""
    writes = at_work.person(store, "change", "team", act="changes who works here") is not None
    waiting.mark(store, "principal", sign_offs.PRINCIPAL)
    found = working_here.of(store)
    for member in found.members:
        _person(store, found, member, writes)
    if writes:
        _adder(store)
    if found.retired:
        _retired(store, found.retired, writes)
    _log(found)


def _person(store: Store, found: Team, member: Member, writes: bool) -> None:
    person, expert = member.person, member.expert
    with st.container(border=True):
        more = " · ".join(filter(None, (expert.role, expert.basis)))
        st.markdown(f"**{frame.plain(person.name)}**, {'principal expert' if person.principal else person.role}"
                    + (f" · {frame.plain(more)}" if more else ""))
        if expert.basis in STAND_INS:
            st.warning("A stand-in is not the expert: check these judgements against the real one as soon as you can.")
        if writes:
            _changes(store, found, member)


def _description(store: Store, member: Member) -> None:
    person, expert = member.person, member.expert
    with st.form(f"expert_{person.name}", border=False):
        role = st.selectbox("Works here as", ROLES, ROLES.index(person.role),
                            disabled=member.account is not None)
        title = st.text_input("Title", expert.role, placeholder="for instance: head of support")
        bases = [*BASES, *([expert.basis] if expert.basis and expert.basis not in BASES else [])]
        basis = st.selectbox("Why this person decides", bases, bases.index(expert.basis) if expert.basis else None,
                             accept_new_options=True, placeholder="choose or type")
        if st.form_submit_button("Save"):
            with frame.sentences():
                with store.transaction():
                    experts.describe(store, person.name, title, basis or "")
                    stored.enter(store, person.name, role)
                frame.say("Saved.")
                st.rerun()


def _changes(store: Store, found: Team, member: Member) -> None:
    person, account = member.person, member.account
    others = [one for one in found.members if one.person.name != person.name]
    if account:
        st.caption(frame.plain(f"Name and role come from the account {account.login} and are changed with ")
                   + "`users rename` and `users role`.")
    with st.container(horizontal=True):
        if member.described:
            with st.popover("Describe", icon=":material/badge:"):
                _description(store, member)
        if not account:
            _names(store, found, person, [one.person.name for one in others if not one.account])
        if not person.principal:
            with st.popover("Make principal", icon=":material/star:"):
                _principal(store, found, member)
        with st.popover("Retire", icon=":material/person_off:"):
            _retirer(store, person, [one.person.name for one in others])


def _names(store: Store, found: Team, person: Person, others: list[str]) -> None:
    with st.popover("Rename", icon=":material/edit:"):
        name = st.text_input("Called from now on", person.name, key=f"rename_{person.name}")
        st.caption("What was given before keeps its person; the earlier name goes on meaning the same one.")
        if st.button("Rename", key=f"do_rename_{person.name}", type="primary"):
            frame.do(_done, f"Renamed. {person.name} goes on meaning the same person.", stored.rename, store,
                     person.name, name)
    with st.popover("Merge", icon=":material/merge:", disabled=not others):
        _merger(store, found, person, others)


def _done(word: str, verb: Callable[..., object], *words: object) -> None:
    """Does what was pressed for, and says so."""
    verb(*words)
    frame.say(word)


def _merger(store: Store, found: Team, person: Person, others: list[str]) -> None:
    into = st.selectbox("The same human as", others, index=None, key=f"into_{person.name}", placeholder="choose")
    st.caption(frame.plain(f"{person.name}'s labels count as that person's from then on. Of two on one trace the newer "
                           "one counts. It is not taken apart again."))
    asks = not found.is_principal and found.principal in (person.name, into)
    reason = st.text_input("Why?", key=f"why_merge_{person.name}") if asks else ""
    if st.button(f"Ask {frame.plain(found.principal)} to merge" if asks else "Merge", key=f"do_merge_{person.name}",
                 type="primary", disabled=into is None):
        _done_or_asked(store, asks, "Merged.", people.merge, person.name, into, reason)


def _principal(store: Store, found: Team, member: Member) -> None:
    name = member.person.name
    if member.role:
        st.caption(frame.plain(f"{name} works here as {roles.said(member.role)}, and the principal's role has to be "
                               "expert."))
        return
    st.caption(frame.plain(f"Judges are measured against {name}'s labels alone from then on."))
    asks = not found.is_principal
    reason = st.text_input("Why?", key=f"why_principal_{name}") if asks else ""
    if st.button(f"Ask {frame.plain(found.principal)}" if asks else "Make principal", key=f"do_principal_{name}",
                 type="primary"):
        _done_or_asked(store, asks, f"{name} is principal now.", people.make_principal, name, reason)


def _done_or_asked(store: Store, asks: bool, word: str, verb: Callable[..., object], *words: object) -> None:
    if asks:
        waiting.asked(store, verb, store, *words)
    else:
        frame.do(_done, word, verb, store, *words)


def _retirer(store: Store, person: Person, others: list[str]) -> None:
    st.caption("Offered nowhere from then on. Labels and all that was written stay and count. What waits in the "
               "person's queue goes back to nobody: whoever claims it first has it.")
    follows = st.selectbox("Who is principal then?", others, index=None, key=f"follows_{person.name}",
                           placeholder="choose") if person.principal else ""
    if st.button("Retire", key=f"do_retire_{person.name}", type="primary"):
        frame.do(_retire, store, person.name, follows or "")


def _retire(store: Store, name: str, follows: str) -> None:
    places = people.retire(store, name, follows)
    back = f" {counted(places, 'place')} in the queue of {name} went back to nobody." if places else ""
    frame.say(f"{name} has retired.{back}")


def _adder(store: Store) -> None:
    with st.form("new_expert", clear_on_submit=True, border=True):
        left, right = st.columns([3, 2])
        name = left.text_input("Name of somebody else who works here")
        role = right.selectbox("as", ROLES)
        if st.form_submit_button("Add"):
            frame.do(_done, f"{name.strip()} works here now.", stored.enter, store, name, role)


def _retired(store: Store, gone: Sequence[str], writes: bool) -> None:
    st.header("Retired")
    for name in gone:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(frame.plain(name), width="content")
            if writes and st.button("Bring back", key=f"back_{name}", icon=":material/undo:"):
                frame.do(_done, f"{name} is back.", stored.bring_back, store, name)


def _log(found: Team) -> None:
    if found.log:
        with st.expander(f"Who was who: {counted(len(found.log), 'change')}", icon=":material/history:"):
            for event in found.log:
                by = f", {event.author}" if event.author else ""
                st.caption(frame.plain(f"{minute(event.created_at)} UTC{by}: {event.words}"))
