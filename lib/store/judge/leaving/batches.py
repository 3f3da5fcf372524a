"""Batches of a run: which file each trace was written into, how each file stands, and replies stored in slices.

Knows no service and no file's content. A reply is stored once, whatever it was read from.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lib.records import Spent, UsageError, Verdict
from lib.store.database import Store
from lib.store.judge import runs

SERVICE, FILES, LIVE = "service", "files", "live"
WRITTEN, UPLOADING, UPLOADED, HELD, STARTING, SENT, READ, FREED = (
    "written", "uploading", "uploaded", "held", "starting", "sent", "read", "freed")
OPEN = (WRITTEN, UPLOADING, UPLOADED, HELD, STARTING, SENT)


@dataclass(frozen=True)
class BatchFile:
    """A file of requests and what has become of it; `file` and `batch` are the service's own names for it."""

    id: int
    run: int
    number: int
    status: str
    file: str
    batch: str
    service: str
    message: str
    requests: int
    bytes: int
    completed: int
    failed: int
    expected_prompt_tokens: int
    expected_completion_tokens: int
    prompt_tokens: int
    completion_tokens: int
    created_at: str
    ended_at: str | None

    @property
    def open(self) -> bool:
        """Whether replies may still come of it."""
        return self.status in OPEN


@dataclass(frozen=True)
class Stored:
    """What became of a slice of replies: row numbers of traces that got theirs, of those that had one, and of none."""

    new: set[int]
    there: set[int]
    unknown: int


_OURS = " and run in (select r.id from runs r join judges j on j.id = r.judge where j.project = :project)"


def begin(store: Store, run: int, way: str) -> str:
    """Has a run asked in files, this way from now on; returns the mark that stands in its requests' ids."""
    store.execute("""insert into batch_runs (run, mark, way) values (:run, :mark, :way)
        on conflict (run) do update set way = excluded.way""",
                  run=runs.get(store, run).id, mark=secrets.token_hex(4), way=way)
    return mark(store, run)


def mark(store: Store, run: int) -> str:
    """The mark of a run; '' where it is not asked in files."""
    return store.value("select mark from batch_runs where run = :run" + _OURS, run=run) or ""


def way(store: Store, run: int) -> str | None:
    """How a run is asked in files: sent to a service, or written for another machine; None: call by call."""
    return store.value("select way from batch_runs where run = :run" + _OURS, run=run)


def live(store: Store, run: int) -> None:
    """Has a run asked call by call from now on; its mark stays, for files of it may still be read."""
    with store.transaction():
        store.execute("update batch_runs set way = 'live' where run = :run" + _OURS, run=run)
        store.execute("update batch_files set status = 'freed' where run = :run and status <> 'read'" + _OURS, run=run)


def ask_in(store: Store, run: int, format: str) -> None:
    """Notes the format that the requests of a run ask for."""
    store.execute("update batch_runs set format = :format where run = :run" + _OURS, run=run, format=format)


def format_of(store: Store, run: int) -> str:
    """The format that the requests of a run ask for; that of every first call where it is not asked in files."""
    return store.value("select format from batch_runs where run = :run" + _OURS, run=run) or "json_schema"


def files(store: Store, run: int) -> list[BatchFile]:
    """The files of a run, in the order in which they were written."""
    return [_file(row) for row in store.rows("select * from batch_files where run = :run" + _OURS
                                             + " order by number", run=run)]


def _file(row: sqlite3.Row) -> BatchFile:
    return BatchFile(**dict(row))


def unsent(store: Store, run: int, limit: int) -> Iterator[sqlite3.Row]:
    """Whole rows of the traces that have no verdict and are in no open file, in the run's order, one by one."""
    return store.stream("""select t.* from run_traces rt join traces t on t.id = rt.trace
        where rt.run = :run and t.project = :project and (rt.batch_file is null or rt.batch_file not in (
            select id from batch_files where run = :run and status not in ('read', 'freed')))
        and not exists (select 1 from verdicts v where v.run = rt.run and v.trace = rt.trace)
        order by rt.position limit :limit""", run=run, limit=limit)


def of_file(store: Store, file: int) -> Iterator[sqlite3.Row]:
    """Whole rows of the traces of a file that have no verdict, in the order in which they were written."""
    return store.stream("""select t.* from run_traces rt join traces t on t.id = rt.trace
        where rt.batch_file = :file and t.project = :project
        and not exists (select 1 from verdicts v where v.run = rt.run and v.trace = rt.trace)
        order by rt.position""", file=file)


def add(store: Store, run: int, keys: Sequence[int], size: int, expected: Spent) -> BatchFile:
    """Notes a file that was written: its traces are in it until it is freed."""
    with store.transaction():
        made = store.execute("""insert into batch_files (run, number, status, requests, bytes, expected_prompt_tokens,
                expected_completion_tokens)
            values (:run, (select coalesce(max(number), 0) + 1 from batch_files where run = :run), 'written',
                :requests, :bytes, :prompt, :completion)""", run=runs.get(store, run).id, requests=len(keys),
                             bytes=size, prompt=expected.prompt_tokens, completion=expected.completion_tokens)
        store.execute("""update run_traces set batch_file = :file
            where run = :run and trace in (select value from json_each(:keys))""", file=made, run=run,
                      keys=json.dumps(keys))
    return get(store, made)


def get(store: Store, file: int) -> BatchFile:
    """One file; UsageError where the project has none of this row number."""
    row = store.row("select * from batch_files where id = :file" + _OURS, file=file)
    if row is None:
        raise UsageError(f"There is no batch file {file} in this project.")
    return _file(row)


def move(store: Store, file: BatchFile, status: str, /, **named: str) -> BatchFile:
    """Notes how a file stands now; `named` may be file, batch, service or message."""
    found = replace(file, status=status, **named)
    store.execute("""update batch_files set status = :status, file = :file, batch = :batch, service = :service,
            message = :message, ended_at = case when :status in ('read', 'freed')
                then strftime('%Y-%m-%dT%H:%M:%fZ') end
        where id = :id""" + _OURS, id=file.id, status=found.status, file=found.file, batch=found.batch,
                  service=found.service, message=found.message)
    return found


def counts(store: Store, file: int, service: str, completed: int, failed: int) -> None:
    """Notes what the service says of a file."""
    store.execute("""update batch_files set service = :service, completed = :completed, failed = :failed
        where id = :file""" + _OURS, file=file, service=service, completed=completed, failed=failed)


def save(store: Store, run: int, found: Sequence[tuple[int, Verdict]]) -> Stored:
    """Stores a slice of replies in one commit; a trace that has a verdict keeps it."""
    with store.transaction():
        known = {row[0]: (row[1], row[2]) for row in store.rows("""select rt.trace, rt.batch_file, v.id is not null
            from json_each(:keys) k cross join run_traces rt on rt.run = :run and rt.trace = k.value
            left join verdicts v on v.run = rt.run and v.trace = rt.trace
            where rt.run in (select r.id from runs r join judges j on j.id = r.judge where j.project = :project)""",
                                                                 run=run, keys=json.dumps([key for key, _ in found]))}
        new = {key: verdict for key, verdict in found if key in known and not known[key][1]}
        _insert(store, run, new)
        _count_tokens(store, [(known[key][0], verdict) for key, verdict in new.items()])
    return Stored(set(new), known.keys() - new.keys(), sum(key not in known for key, _ in found))


def _insert(store: Store, run: int, new: dict[int, Verdict]) -> None:
    store.execute_many("""insert into verdicts (run, trace, outcome, critique, error, raw, model, content_hash,
            prompt_tokens, completion_tokens, attempts, thoughts, lenient, cached_tokens)
        select :run, id, :outcome, :critique, :error, :raw, :model, content_hash, :prompt_tokens, :completion_tokens,
            :attempts, :thoughts, :lenient, :cached_tokens from traces where id = :trace""", [
        {"run": run, "trace": key, "outcome": one.outcome, "critique": one.critique, "error": one.error,
         "raw": one.raw, "model": one.model, "prompt_tokens": one.prompt_tokens,
         "completion_tokens": one.completion_tokens, "attempts": one.attempts, "thoughts": one.thoughts,
         "lenient": one.lenient, "cached_tokens": one.cached_tokens} for key, one in new.items()])


def _count_tokens(store: Store, new: list[tuple[int | None, Verdict]]) -> None:
    """What came in a file costs less than what came in a call, so it is added up apart."""
    for file in {one for one, _ in new if one is not None}:
        store.execute("""update batch_files set prompt_tokens = prompt_tokens + :prompt,
            completion_tokens = completion_tokens + :completion where id = :file""", file=file,
                      prompt=sum(one.prompt_tokens or 0 for of, one in new if of == file),
                      completion=sum(one.completion_tokens or 0 for of, one in new if of == file))


def may_hold_verdicts(store: Store, keys: Sequence[int]) -> list[sqlite3.Row]:
    """Whole rows of those of these traces whose text could hold a verdict: a brace, or a line that names an outcome.

    All others hold none, so that a reply need not be compared with them. The _ is for letters that count as an i.
    """
    return store.rows("""select t.* from json_each(:keys) k cross join traces t on t.id = k.value
        where t.project = :project and (t.messages is not null or t.steps is not null or t.context <> '{}'
            or instr(t.input, '{') or instr(t.output, '{') or t.input like '%outcome%' or t.output like '%outcome%'
            or t.input like '%verd_ct%' or t.output like '%verd_ct%')""", keys=json.dumps(keys))


def missing(store: Store, file: int) -> list[int]:
    """Row numbers of the traces of a file that have no verdict."""
    return [row[0] for row in store.rows("""select rt.trace from run_traces rt where rt.batch_file = :file""" + _OURS
                                         + """ and not exists (
            select 1 from verdicts v where v.run = rt.run and v.trace = rt.trace) order by rt.position""", file=file)]


def waiting(store: Store, run: int) -> Spent:
    """What is under way in open files: requests without a verdict, and about how many tokens they will take."""
    row = store.row("""select coalesce(sum(n), 0), coalesce(sum(n * prompts / requests), 0),
            coalesce(sum(n * replies / requests), 0)
        from (select f.requests, f.expected_prompt_tokens as prompts, f.expected_completion_tokens as replies,
                (select count(*) from run_traces rt where rt.batch_file = f.id and not exists (
                    select 1 from verdicts v where v.run = rt.run and v.trace = rt.trace)) as n
            from batch_files f where f.run = :run and f.status not in ('read', 'freed')
            and f.run in (select r.id from runs r join judges j on j.id = r.judge where j.project = :project))""",
                    run=run)
    return Spent(*row, *row[1:])
