"""Probes: the labelled traces of a run asked about again, altered; how far each is, what it cost, and what came.

A probe is a job with tables of its own: what is done with them is in store/work.py. Nothing else in the store reads
them, so that no reply to an altered output is ever counted as a verdict.
"""

from collections.abc import Iterable

from lib.records import Caps, Spent
from lib.records.probing import Probed
from lib.store import experts
from lib.store.database import Store
from lib.store.judge import caps, runs
from lib.store.pairs import COUNTED, PAIRED
from lib.store.work import JobTable, StatusColumns

# What tells one kind of probe from another is the run it is of.
_SELECT = """
    select p.*, cast(p.run as text) as kind, null as system,
        (select count(*) from probe_items where probe = p.id) as total,
        (select count(*) from probe_items where probe = p.id and done_at is not null) as done,
        (select count(*) from probe_items where probe = p.id and error is not null) as errors
    from probes p where p.project = :project
"""
_ITEMS = " and probe in (select id from probes where project = :project)"
_STATUS = StatusColumns(
    read="select status from probes where id = :id and project = :project",
    move="""update probes set status = :status, message = :message, ended_at = :ended
        where id = :id and project = :project""",
    tell="update probes set message = :message where id = :id and status = :running and project = :project")
_PROBES = JobTable(
    noun="probe", listed_by="probes",
    by_token="select id from probes where project = :project and token = :token",
    add="""insert into probes (project, run, config, endpoint, model, concurrency, status, token)
        values (:project, :run, :config, :endpoint, :model, :concurrency, :status, :token)""",
    one=_SELECT + " and p.id = :id",
    all=_SELECT + " and (:kind is null or p.run = cast(:kind as integer)) order by p.id desc",
    item_add="""insert into probe_items (probe, position, trace, item) select :id, :position, :trace, :item
        where exists (select 1 from traces where id = :trace and project = :project)""",
    item_one="select id, trace, item from probe_items where id = :key and probe = :id" + _ITEMS,
    item_pending="select id from probe_items where probe = :id and done_at is null" + _ITEMS + " order by position",
    item_keep="""update probe_items set done_at = strftime('%Y-%m-%dT%H:%M:%fZ'), error = :error, raw = :raw,
        attempts = :attempts where id = :key and probe = :id and done_at is null""" + _ITEMS,
    item_open="""update probe_items set done_at = null, error = null, raw = '' where probe = :id
        and error in (select value from json_each(:kinds))""" + _ITEMS,
    item_list="""select i.id as key, t.trace_id, t.input, i.item, i.done_at, i.error, i.raw, i.attempts
        from probe_items i join probes p on p.id = i.probe join traces t on t.id = i.trace
        where p.project = :project and i.probe = :id and (i.error is not null or not :errors_only)
        order by i.position limit :limit""",
    item_rate="""select count(*), (julianday('now') - julianday(min(done_at))) * 86400 from (
        select done_at from probe_items where probe = :id
        and done_at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', :since)""" + _ITEMS
        + " order by done_at desc limit :newest)")

known, get, every = _PROBES.known, _PROBES.get, _PROBES.every
pending, item, items, keep_item = _PROBES.pending, _PROBES.item, _PROBES.items, _PROBES.keep_item
forget_unanswered, rate = _PROBES.forget_unanswered, _PROBES.rate
status, set_status, say = _STATUS.status, _STATUS.set_status, _STATUS.say


def create(store: Store, run: int, items: Iterable[tuple[int, str]], most: Caps = Caps(),
           token: str | None = None) -> int:
    """A queued probe of a run over (trace's row number, how it is altered), asked as the run was.

    The same token sent twice is one probe. Raises UsageError when there is nothing to do, or for a cap that is not
    above 0.
    """
    caps.check(most)
    found = runs.get(store, run)
    return _PROBES.create(store, ((trace, {"alteration": name}) for trace, name in items),
                          config={"run": run, **vars(most)}, run=run, endpoint=found.endpoint, model=found.model,
                          concurrency=found.concurrency, token=token)


def keep_outcome(store: Store, probe: int, key: int, outcome: str, critique: str) -> None:
    """Puts what the judge said into an item that is not done yet."""
    store.execute("""update probe_items set outcome = :outcome, critique = :critique
        where id = :key and probe = :probe and done_at is null""" + _ITEMS, key=key, probe=probe, outcome=outcome,
                  critique=critique)


def spend(store: Store, probe: int, spent: Spent) -> None:
    """Adds what a call cost, whatever it brought."""
    store.execute("""update probes set calls = calls + :calls, prompt_tokens = prompt_tokens + :prompt,
        completion_tokens = completion_tokens + :completion where id = :probe and project = :project""", probe=probe,
                  calls=spent.calls, prompt=spent.prompt_tokens, completion=spent.completion_tokens)


def spent(store: Store, probe: int) -> Spent:
    """What a probe has cost so far."""
    return Spent(*store.row("""select calls, prompt_tokens, completion_tokens from probes
        where id = :probe and project = :project""", probe=probe) or ())


def caps_of(store: Store, probe: int) -> Caps:
    """What a probe may spend at most."""
    config = get(store, probe).config
    return Caps(config["calls"], config["tokens"], config["cost"])


def put_caps(store: Store, probe: int, wanted: Caps) -> None:
    """Bounds a probe anew, in place of its earlier bounds; UsageError for a bound that is not above 0."""
    caps.check(wanted)
    store.execute("""update probes set config = json_set(config, '$.calls', :calls, '$.tokens', :tokens,
        '$.cost', :cost) where id = :probe and project = :project""", probe=get(store, probe).id, calls=wanted.calls,
                  tokens=wanted.tokens, cost=wanted.cost)


_OF_A_RUN = PAIRED + "and " + COUNTED + """and v.outcome is not null
    and v.content_hash = (select content_hash from traces where id = v.trace)"""
# Of each trace and alteration the newest reply: what was read once is not asked again, so only errors have one after.
_REPLIES = """replies as (
    select trace, alteration, outcome, error, critique from probe_items where id in (
        select max(i.id) from probe_items i join probes p on p.id = i.probe
        where p.run = :run and p.project = :project and i.done_at is not null group by i.trace, i.alteration))"""


def candidates(store: Store, run: int, expert: str) -> list[int]:
    """Row numbers of the traces a run can be probed on: its pairs that count, neither shown nor sealed, no error."""
    return [row[0] for row in store.rows("select v.trace" + _OF_A_RUN + " order by v.trace", run=run, every=False,
                                         expert=experts.row_of(store, expert))]


def read(store: Store, run: int) -> set[tuple[int, str]]:
    """(trace's row number, alteration) of every reply to a probe of a run that could be read."""
    return {(row[0], row[1]) for row in store.rows(
        "with " + _REPLIES + " select trace, alteration from replies where outcome is not null", run=run)}


def replies(store: Store, run: int, expert: str) -> list[Probed]:
    """The newest reply to each probe of a run's traces, those alone that may still be counted (`candidates`)."""
    return [Probed(*row) for row in store.rows("with " + _REPLIES + """,
        pair as (select v.trace, tied.session, tied.input, v.outcome as first, l.outcome as said""" + _OF_A_RUN + """)
        select t.trace_id, p.session, p.input, p.first, p.said, a.alteration, a.outcome, a.error, a.critique
        from pair p join replies a on a.trace = p.trace join traces t on t.id = p.trace
        order by t.id, a.alteration""", run=run, every=False, expert=experts.row_of(store, expert))]
