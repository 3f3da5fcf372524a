"""Caps: what one may be, how much a run may spend at most, and what it has spent."""

from lib.records import Caps, Spent, UsageError
from lib.store.database import Store
from lib.store.judge import runs


def put(store: Store, run: int, caps: Caps) -> None:
    """Bounds a run, or takes its bounds away; UsageError for a bound that is not above 0."""
    check(caps)
    store.execute("""insert into run_caps (run, calls, tokens, cost) values (:run, :calls, :tokens, :cost)
        on conflict (run) do update set calls = excluded.calls, tokens = excluded.tokens, cost = excluded.cost""",
                  run=runs.get(store, run).id, calls=caps.calls, tokens=caps.tokens, cost=caps.cost)


def begin(store: Store, run: int, caps: Caps) -> None:
    """Bounds a run that has never been bounded; whoever comes second changes nothing."""
    check(caps)
    store.execute("""insert or ignore into run_caps (run, calls, tokens, cost)
        values (:run, :calls, :tokens, :cost)""",
                  run=runs.get(store, run).id, calls=caps.calls, tokens=caps.tokens, cost=caps.cost)


def check(caps: Caps) -> None:
    """UsageError for a bound that is not above 0."""
    if any(bound is not None and bound <= 0 for bound in (caps.calls, caps.tokens, caps.cost)):
        raise UsageError("A cap is above 0; leave it out for none.")


def of(store: Store, run: int) -> Caps:
    """The bounds of a run; None where there is none."""
    row = store.row("""select c.calls, c.tokens, c.cost from run_caps c join runs r on r.id = c.run
        join judges j on j.id = r.judge where j.project = :project and c.run = :run""", run=run)
    return Caps(*row) if row else Caps()


def spent(store: Store, run: int) -> Spent:
    """Calls and tokens behind a run: its verdicts, those taken over apart, and the errors that were asked again."""
    return Spent(*store.row("""select r.dropped_calls + coalesce(sum(v.attempts), 0),
        r.dropped_prompt_tokens + coalesce(sum(v.prompt_tokens), 0),
        r.dropped_completion_tokens + coalesce(sum(v.completion_tokens), 0),
        (select coalesce(sum(f.prompt_tokens), 0) from batch_files f where f.run = r.id),
        (select coalesce(sum(f.completion_tokens), 0) from batch_files f where f.run = r.id)
        from runs r join judges j on j.id = r.judge left join verdicts v on v.run = r.id
        where j.project = :project and r.id = :run group by r.id""", run=run) or ())
