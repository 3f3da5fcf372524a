"""What may be pushed to a source: labels, verdicts of a run, failure modes; and what was pushed already.

Only of traces that came from there. What came from there itself, as somebody's feedback, is never pushed back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lib.records import UsageError
from lib.store.database import Store

_THEIRS = """(select i.id from imports i where i.project = :project and i.author = 'source ' || (
        select s.name from sources s where s.id = :source))"""
_OF_SOURCE = """ from source_traces o join traces t on t.id = o.trace and t.project = :project
    and (:test or t.split <> 'test') """
_LABELS = """select t.id as row, t.trace_id as trace, o.node, e.name as who, l.outcome as value, l.critique as text
    """ + _OF_SOURCE + """join current_labels l on l.trace = t.id join experts e on e.id = l.expert
    where o.source = :source and (l.import is null or l.import not in """ + _THEIRS + """) order by t.id, e.id"""
_VERDICTS = """select t.id as row, t.trace_id as trace, o.node, j.name as who, v.outcome as value, v.critique as text,
        case when p.number is null then v.model else 'version ' || p.number || ', ' || r.model end as version
    """ + _OF_SOURCE + """join verdicts v on v.trace = t.id and v.run = :run join runs r on r.id = v.run
    join judges j on j.id = r.judge and j.project = :project left join prompt_versions p on p.id = r.prompt_version
    where o.source = :source and v.outcome is not null and (v.import is null or v.import not in """ + _THEIRS + """)
    and t.id not in (select trace from archived_traces) order by t.id"""
_MODES = """select t.id as row, t.trace_id as trace, o.node, f.name as who, f.name as value, f.definition as text
    """ + _OF_SOURCE + """join counted_codes c on c.trace = t.id join failure_modes f on f.id = c.failure_mode
    where o.source = :source order by t.id, f.id"""


@dataclass(frozen=True)
class Said:
    """Something said of a trace here: by whom, or by which judge in which version, or which failure mode it has."""

    row: int  # of the trace
    trace: str
    node: str
    who: str
    value: str
    text: str
    version: str = ""


def labels(store: Store, source: int, test: bool) -> Iterator[Said]:
    """The newest label of each expert on each trace; those of the test split only where that is asked for."""
    yield from (Said(*row) for row in store.rows(_LABELS, source=source, test=test))


def verdicts(store: Store, source: int, test: bool, run: int) -> Iterator[Said]:
    """The verdicts of a run; its errors say nothing."""
    yield from (Said(*row) for row in store.rows(_VERDICTS, source=source, test=test, run=run))


def modes(store: Store, source: int, test: bool) -> Iterator[Said]:
    """The confirmed failure modes of each trace."""
    yield from (Said(*row) for row in store.rows(_MODES, source=source, test=test))


def run_of(store: Store, named: str) -> int:
    """The run that is named by its number, or a judge's newest run with verdicts by the judge's name."""
    found = store.value("""select r.id from runs r join judges j on j.id = r.judge
        where j.project = :project and (cast(r.id as text) = :named or j.name = :named)
            and exists (select 1 from verdicts v where v.run = r.id)
        order by cast(r.id as text) = :named desc, r.id desc limit 1""", named=named)
    if found is None:
        raise UsageError(f"There is no run or judge '{named}' with verdicts in this project. 'runs' lists the runs.")
    return found


def pushed(store: Store, source: int) -> dict[str, tuple[str, str]]:
    """What was pushed already: identifier -> (its hash, its id there); an empty hash is a push that broke off."""
    return {row[0]: (row[1], row[2]) for row in store.rows("""select n.identifier, n.hash, n.remote
        from source_notes n join sources s on s.id = n.source where s.id = :source and s.project = :project""",
                                                           source=source)}


def begin(store: Store, source: int, notes: list[dict[str, Any]]) -> None:
    """These are about to be sent, (identifier, trace's row): noted first, so that a break leaves a trace of them."""
    store.execute_many("""insert into source_notes (source, identifier, trace, hash)
        select s.id, :identifier, t.id, '' from sources s join traces t on t.project = s.project
        where s.id = :source and s.project = :project and t.id = :trace
        on conflict (source, identifier) do nothing""", [{**one, "source": source, "project": store.project}
                                                        for one in notes])


def keep(store: Store, source: int, notes: list[dict[str, Any]]) -> None:
    """These were taken there: identifier, hash, remote."""
    store.execute_many("""update source_notes set hash = :hash, remote = :remote,
            pushed_at = strftime('%Y-%m-%dT%H:%M:%fZ')
        where identifier = :identifier and source in (
            select s.id from sources s where s.id = :source and s.project = :project)""",
                       [{**one, "source": source, "project": store.project} for one in notes])
