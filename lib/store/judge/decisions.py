"""What a person decided where the agreement of a judge stood still; a decision is never changed, only followed."""

from lib.records import UsageError
from lib.records.suggestion import DECISIONS, Decision
from lib.store.database import Store
from lib.store.judge import judges

DEFAULT_TARGET = 0.9  # until the team says otherwise


def add(store: Store, judge: str, kind: str, text: str) -> None:
    """Records a decision with its date."""
    if kind not in DECISIONS:
        raise UsageError(f"A decision is one of {', '.join(DECISIONS)}, not '{kind}'.")
    if not text.strip():
        raise UsageError("Say in a sentence what was decided, and why: in a month nobody will know.")
    store.execute("insert into decisions (judge, kind, text, author) values (:judge, :kind, :text, :person)",
                  judge=judges.row_of(store, judge), kind=kind, text=text.strip())


def every(store: Store, judge: str) -> list[Decision]:
    """The decisions about a judge, newest first."""
    return [Decision(*row) for row in store.rows("""select d.kind, d.text, d.created_at, d.author from decisions d
        join judges j on j.id = d.judge where j.project = :project and j.name = :judge order by d.id desc""",
                                                 judge=judge)]


def target(store: Store) -> float:
    """The share of traces on which the team wants judge and expert to agree."""
    return store.value("select target from projects where id = :project") or DEFAULT_TARGET


def set_target(store: Store, wanted: float) -> None:
    """Changes that share; UsageError outside 50 to 100 %, for a coin agrees on half."""
    if not 0.5 <= wanted <= 1:
        raise UsageError(f"A target lies between 50 % and 100 %, not at {wanted:.0%}.")
    store.execute("update projects set target = :target where id = :project", target=wanted)
