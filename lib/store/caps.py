"""Caps of runs: how much one may spend at most, and what it has spent."""

from lib.records import Caps, Spent, UsageError
from lib.store import runs
from lib.store.database import Store


def put(store: Store, run: int, caps: Caps) -> None:
    """Bounds a run, or takes its bounds away; UsageError for a bound that is not above 0."""
    if any(bound is not None and bound <= 0 for bound in (caps.calls, caps.tokens, caps.cost)):
        raise UsageError("A cap is above 0; leave it out for none.")
    store.execute("""insert into run_caps (run, calls, tokens, cost) values (:run, :calls, :tokens, :cost)
        on conflict (run) do update set calls = excluded.calls, tokens = excluded.tokens, cost = excluded.cost""",
                  run=runs.get(store, run).id, calls=caps.calls, tokens=caps.tokens, cost=caps.cost)


def of(store: Store, run: int) -> Caps:
    """The bounds of a run; None where there is none."""
    row = store.row("""select c.calls, c.tokens, c.cost from run_caps c join runs r on r.id = c.run
        join judges j on j.id = r.judge where j.project = :project and c.run = :run""", run=run)
    return Caps(*row) if row else Caps()


def spent(store: Store, run: int) -> Spent:
    """Calls and tokens behind the stored verdicts of a run."""
    return Spent(*store.row("""select coalesce(sum(v.attempts), 0), coalesce(sum(v.prompt_tokens), 0),
        coalesce(sum(v.completion_tokens), 0)
        from verdicts v join runs r on r.id = v.run join judges j on j.id = r.judge
        where j.project = :project and v.run = :run""", run=run))
