"""What comes from the desk's panel, one verb a kind: a label, a draft, a tick, a step. Each is stored before it counts.

No call of Streamlit stands between what is stored and what is noted of it: a newer request of the browser breaks off
at any of them, and the event would be handled once more.
"""

from contextlib import suppress

from lib.records import PlumblineError, StoreError
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.store.review import queues
from lib.ui.review import decision, lost, session
from lib.workflow.review import at_desk, reviewing

_SHORT = 60  # characters of an id in a sentence
_DONE = "Your queue is done"


def handle(store: Store, expert: str, where: Filter, event: decision.Event) -> bool:
    """Stores what came from the panel; False where the file could not be written and the browser must keep it."""
    try:
        _ACTIONS.get(event.get("kind"), _ignore)(store, expert, where, event)
    except PlumblineError as error:
        known = session.memory(store, expert)
        known["notice"] = str(error)
        lost.note(store, known, event)
        return not isinstance(error, StoreError)
    return True


def go_on(store: Store, expert: str, where: Filter) -> None:
    """Goes to the next trace without a label, behind the one on the screen."""
    place, known = session.place(store, expert, where), session.memory(store, expert)
    with suppress(PlumblineError):
        # A trace that is not here, from an old link, has no next one: then it is begun at the beginning.
        return _come(store, expert, known, reviewing.next_trace(store, expert, place, known["way"].here))
    return _come(store, expert, known, reviewing.next_trace(store, expert, place))


def _come(store: Store, expert: str, known: session.Memory, trace: str | None) -> None:
    """Goes to a trace that nobody chose: with a label it came for its critique, and its keys rest."""
    session.go(known, trace, came=trace is not None and at_desk.labelled(store, expert, trace))


def _label(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    place, known = session.place(store, expert, where), session.memory(store, expert)
    saved = reviewing.decide(store, expert, reviewing.decision(event), place)
    known["after"] = [f"{_short(saved.trace)}: {saved.outcome} saved.", *reviewing.taught(store, expert, saved)]
    stays = _is_shown(known, event) and at_desk.stays(store, expert, saved)
    following = None if stays else reviewing.following(store, expert, place, saved.trace)
    if place.from_queue and queues.next_open(store, expert) is None:
        known["after"].append(_DONE + (": from here on comes every trace you have not labelled." if following and
                                       not at_desk.labelled(store, expert, following) else "."))
    if _is_shown(known, event):
        known.pop("showing", None)
        if stays:
            known.update(ticking=saved.trace, came=None, all_done=False)
        else:
            _come(store, expert, known, following)


def _draft(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    reviewing.keep(store, expert, str(event["trace"]), str(event["critique"]), str(event["revised"]))


def _mode(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    at_desk.tick(store, expert, str(event["trace"]), str(event.get("name")), event.get("on") is True)


def _move(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    if event.get("changed"):
        _draft(store, expert, where, event)
    place, known, trace = session.place(store, expert, where), session.memory(store, expert), str(event["trace"])
    if not _is_shown(known, event):
        return
    if event["kind"] == "next" and known.get("ticking") == trace:
        _come(store, expert, known, reviewing.following(store, expert, place, trace))
    else:
        session.walk(known, reviewing.neighbour(store, expert, place, trace, event["kind"] == "next"))


def _defer(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    _draft(store, expert, where, event)
    reviewing.defer(store, expert, str(event["trace"]))
    known = session.memory(store, expert)
    known["after"] = [f"{_short(event['trace'])} is put off: it comes back at the end."]
    if _is_shown(known, event):
        go_on(store, expert, where)


def _undo(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    if event.get("changed"):
        _draft(store, expert, where, event)
    known, trace = session.memory(store, expert), str(event["trace"])
    if earlier := at_desk.earlier(store, expert, trace, session.went_back(known, trace)):
        session.go(known, earlier)
        known["back"] = earlier


def _ignore(store: Store, expert: str, where: Filter, event: decision.Event) -> None:
    """An event of a kind this version does not know is taken note of and dropped."""


_ACTIONS = {"label": _label, "draft": _draft, "mode": _mode, "back": _move, "next": _move, "defer": _defer,
            "undo": _undo}


def _is_shown(known: session.Memory, event: decision.Event) -> bool:
    """Whether the event is of the trace on the screen, not one that a lost connection brings late."""
    return event.get("trace") == known["way"].here


def _short(trace: object) -> str:
    return str(trace) if len(str(trace)) <= _SHORT else f"{str(trace)[:_SHORT]}…"
