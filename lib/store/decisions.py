"""What a person decided where the agreement of a judge stood still; a decision is never changed, only followed."""

from lib.records import UsageError
from lib.records.suggestion import DECISIONS, Decision
from lib.store import judges
from lib.store.database import Store


def add(store: Store, judge: str, kind: str, text: str) -> None:
    """Records a decision with its date."""
    if kind not in DECISIONS:
        raise UsageError(f"A decision is one of {', '.join(DECISIONS)}, not '{kind}'.")
    if not text.strip():
        raise UsageError("Say in a sentence what was decided, and why: in a month nobody will know.")
    store.execute("insert into decisions (judge, kind, text) values (:judge, :kind, :text)",
                  judge=judges.row_of(store, judge), kind=kind, text=text.strip())


def every(store: Store, judge: str) -> list[Decision]:
    """The decisions about a judge, newest first."""
    return [Decision(*row) for row in store.rows("""select d.kind, d.text, d.created_at from decisions d
        join judges j on j.id = d.judge where j.project = :project and j.name = :judge order by d.id desc""",
                                                 judge=judge)]
