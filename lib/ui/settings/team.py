"""People on the screen: who works here as what, who is principal, renamed, merged, retired, and the log of it all."""

import streamlit as st

from lib.records import BASES, STAND_INS, Expert, minute
from lib.records.people import EXPERT, ROLES, Person
from lib.records.words import counted
from lib.store import Store, experts, roles, sign_offs
from lib.store import people as stored
from lib.store.team import accounts
from lib.store.team.accounts import Account
from lib.ui import at_work, frame
from lib.ui.people import waiting
from lib.workflow import people, rights


def page(store: Store) -> None:
    """Everybody with role and basis, one more, those who have retired, and the log."""
    writes = at_work.person(store, "change", "team", act="changes who works here") is not None
    waiting.mark(store, "principal", sign_offs.PRINCIPAL)
    everybody = stored.every(store)
    judging = {expert.name: expert for expert in experts.every(store)}
    for person in everybody:
        if not person.retired:
            _person(store, person, judging.get(person.name) or Expert(person.name), everybody, writes)
    if writes:
        _adder(store)
    if gone := [person for person in everybody if person.retired]:
        _retired(store, gone, writes)
    _log(store)


def _person(store: Store, person: Person, expert: Expert, everybody: list[Person], writes: bool) -> None:
    with st.container(border=True):
        more = " · ".join(filter(None, (expert.role, expert.basis)))
        st.markdown(f"**{frame.plain(person.name)}**, {'principal expert' if person.principal else person.role}"
                    + (f" · {frame.plain(more)}" if more else ""))
        if expert.basis in STAND_INS:
            st.warning("A stand-in is not the expert: check these judgements against the real one as soon as you can.")
        if writes:
            _changes(store, person, expert, [one.name for one in everybody if one.name != person.name
                                             and not one.retired])


def _description(store: Store, person: Person, expert: Expert) -> None:
    with st.form(f"expert_{person.name}", border=False):
        role = st.selectbox("Works here as", ROLES, ROLES.index(person.role),
                            disabled=_account(store, person.name) is not None)
        title = st.text_input("Title", expert.role, placeholder="for instance: head of support")
        bases = [*BASES, *([expert.basis] if expert.basis and expert.basis not in BASES else [])]
        basis = st.selectbox("Why this person decides", bases, bases.index(expert.basis) if expert.basis else None,
                             accept_new_options=True, placeholder="choose or type")
        if st.form_submit_button("Save"):
            with frame.sentences():
                with store.transaction():
                    experts.describe(store, person.name, title, basis or "")
                    stored.enter(store, person.name, role)
                st.rerun()


def _changes(store: Store, person: Person, expert: Expert, others: list[str]) -> None:
    account = _account(store, person.name)
    if account:
        st.caption(frame.plain(f"Name and role come from the account {account.login} and are changed with ")
                   + "`users rename` and `users role`.")
    with st.container(horizontal=True):
        if experts.describes(store, person.name):
            with st.popover("Describe", icon=":material/badge:"):
                _description(store, person, expert)
        if not account:
            _names(store, person, [one for one in others if not _account(store, one)])
        if not person.principal:
            with st.popover("Make principal", icon=":material/star:"):
                _principal(store, person)
        with st.popover("Retire", icon=":material/person_off:"):
            _retirer(store, person, others)


def _account(store: Store, name: str) -> Account | None:
    """The account of a person, where a team logs in."""
    return accounts.of_person(store, name) if store.role is not None else None


def _names(store: Store, person: Person, others: list[str]) -> None:
    with st.popover("Rename", icon=":material/edit:"):
        name = st.text_input("Called from now on", person.name, key=f"rename_{person.name}")
        st.caption("What was given before keeps its person; the earlier name goes on meaning the same one.")
        if st.button("Rename", key=f"do_rename_{person.name}", type="primary"):
            frame.do(stored.rename, store, person.name, name)
    with st.popover("Merge", icon=":material/merge:", disabled=not others):
        _merger(store, person, others)


def _merger(store: Store, person: Person, others: list[str]) -> None:
    into = st.selectbox("The same human as", others, index=None, key=f"into_{person.name}", placeholder="choose")
    st.caption(frame.plain(f"{person.name}'s labels count as that person's from then on. Of two on one trace the newer "
                           "one counts. It is not taken apart again."))
    principal = rights.principal_words(store)
    asks = not rights.principals(store) and principal in (person.name, into)
    reason = st.text_input("Why?", key=f"why_merge_{person.name}") if asks else ""
    if st.button(f"Ask {frame.plain(principal)} to merge" if asks else "Merge", key=f"do_merge_{person.name}",
                 type="primary", disabled=into is None):
        _done_or_asked(store, asks, people.merge, person.name, into, reason)


def _principal(store: Store, person: Person) -> None:
    if (role := experts.works_as(store, person.name)) != EXPERT:
        st.caption(frame.plain(f"{person.name} works here as {roles.said(role)}, and the principal's role has to be "
                               "expert."))
        return
    st.caption(frame.plain(f"Judges are measured against {person.name}'s labels alone from then on."))
    asks = not rights.principals(store)
    reason = st.text_input("Why?", key=f"why_principal_{person.name}") if asks else ""
    if st.button(f"Ask {frame.plain(rights.principal_words(store))}" if asks else "Make principal",
                 key=f"do_principal_{person.name}", type="primary"):
        _done_or_asked(store, asks, people.make_principal, person.name, reason)


def _done_or_asked(store: Store, asks: bool, verb, *words: object) -> None:
    if asks:
        waiting.asked(store, verb, store, *words)
    else:
        frame.do(verb, store, *words)


def _retirer(store: Store, person: Person, others: list[str]) -> None:
    st.caption("Offered nowhere from then on. Labels and all that was written stay and count. What waits in the "
               "person's queue goes back to nobody: whoever claims it first has it.")
    follows = st.selectbox("Who is principal then?", others, index=None, key=f"follows_{person.name}",
                           placeholder="choose") if person.principal else ""
    if st.button("Retire", key=f"do_retire_{person.name}", type="primary"):
        frame.do(_retire, store, person.name, follows or "")


def _retire(store: Store, name: str, follows: str) -> None:
    if places := people.retire(store, name, follows):
        frame.say(f"{counted(places, 'place')} in the queue of {name} went back to nobody.")


def _adder(store: Store) -> None:
    with st.form("new_expert", clear_on_submit=True, border=True):
        left, right = st.columns([3, 2])
        name = left.text_input("Name of somebody else who works here")
        role = right.selectbox("as", ROLES)
        if st.form_submit_button("Add"):
            frame.do(stored.enter, store, name, role)


def _retired(store: Store, gone: list[Person], writes: bool) -> None:
    st.header("Retired")
    for person in gone:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(frame.plain(person.name), width="content")
            if writes and st.button("Bring back", key=f"back_{person.name}", icon=":material/undo:"):
                frame.do(stored.bring_back, store, person.name)


def _log(store: Store) -> None:
    if found := stored.log(store):
        with st.expander(f"Who was who: {counted(len(found), 'change')}", icon=":material/history:"):
            for event in found:
                by = f", {event.author}" if event.author else ""
                st.caption(frame.plain(f"{minute(event.created_at)} UTC{by}: {event.words}"))
