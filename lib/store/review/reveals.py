"""Reveals: to whom what judges said of a trace was shown; from then on that expert is not blind to it."""

from lib.store import experts
from lib.store.database import Store
from lib.store.dataset import traces


def add(store: Store, trace_id: str, expert: str) -> None:
    """Notes that the judges' verdicts on a trace are shown to this expert; a second time changes nothing."""
    experts.check_own(store, expert, "asks what judges said")
    with store.transaction():
        store.execute("insert or ignore into reveals (trace, expert) values (:trace, :expert)",
                      trace=traces.key_of(store, trace_id), expert=experts.add(store, expert))


def known(store: Store, trace_id: str, expert: str) -> bool:
    """Whether this expert has been shown what judges said of this trace."""
    return bool(store.value("""select 1 from reveals r join traces t on t.id = r.trace join experts e on e.id = r.expert
        where t.project = :project and t.trace_id = :id and e.project = :project and e.name = :expert""",
                            id=trace_id, expert=expert))
