"""What would change if labels of an import that wait for their person came in: counted, and trace by trace."""

from dataclasses import dataclass

from lib.store.database import Store
from lib.store.dataset.imported import COMES_IN

SHOWN = 200


@dataclass(frozen=True)
class Change:
    """One trace: the outcome that counts now, None without one; the outcome and critique that would; as dated."""

    trace: str
    now: str | None
    outcome: str
    critique: str
    dated: str | None


@dataclass(frozen=True)
class Awaited:
    """Labels by what becomes of them; `whose` they are. `succeed` and `turn` count traces, `undated` labels.

    `kept_out` are labels whose person has given the same or a newer one since, `earlier` those that a later row of the
    file on the same trace succeeds. `imported_at` is the date that labels without one get.
    """

    whose: str
    imported_at: str
    new: int
    succeed: int
    turn: int
    earlier: int
    kept_out: int
    undated: int
    first: tuple[Change, ...]  # those that turn the outcome round before the others

    @property
    def traces(self) -> int:
        """On how many traces another label than now would count."""
        return self.new + self.succeed


_COMING = """with coming as (
        select w.id, w.trace, w.expert, w.outcome, w.critique, w.created_at
        from waiting_labels w join imports m on m.id = w.import where w.import = :number and """ + COMES_IN + """),
    -- Of several on one trace the last one counts: bare columns are those of the row with the largest number.
    last as (select max(id) as id, trace, expert, outcome, critique, created_at from coming group by trace, expert),
    changed as (select l.*, f.outcome as now from last l
        left join current_labels f on f.trace = l.trace and f.expert = l.expert) """
_COUNTED = _COMING + """select coalesce(sum(now is null), 0) as new, coalesce(sum(now is not null), 0) as succeed,
    coalesce(sum(now <> outcome), 0) as turn, (select count(*) from coming) as coming,
    (select count(*) from coming where created_at is null) as undated,
    (select count(*) from waiting_labels where import = :number) as waiting from changed"""
_LISTED = _COMING + """select t.trace_id, c.now, c.outcome, c.critique, c.created_at from changed c
    join traces t on t.id = c.trace
    order by c.now is not null and c.now <> c.outcome desc, c.now is null, c.id limit :shown"""


def look(store: Store, number: int) -> Awaited | None:
    """What agreeing to the labels of this import would change as of now; None where none wait."""
    whose = store.row("""select e.name, m.created_at from waiting_labels w join experts e on e.id = w.expert
        join imports m on m.id = w.import where w.import = :number limit 1""", number=number)
    if whose is None:
        return None
    n = store.row(_COUNTED, number=number)
    first = tuple(Change(*row) for row in store.rows(_LISTED, number=number, shown=SHOWN))
    return Awaited(*whose, n["new"], n["succeed"], n["turn"], n["coming"] - n["new"] - n["succeed"],
                   n["waiting"] - n["coming"], n["undated"], first)
