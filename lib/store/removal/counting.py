"""What hangs on what is to be deleted, counted from what is noted in `leaving`, and in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lib.records.words import counted
from lib.store import experts
from lib.store.database import Store

# What is counted, in the order in which it is said: (one, many).
NOUNS = {
    "traces": ("trace", "traces"), "test": ("of them in the test split", "of them in the test split"),
    "labels": ("label", "labels"), "waiting": ("label that waits", "labels that wait"),
    "drafts": ("unsaved draft", "unsaved drafts"), "judges": ("judge", "judges"),
    "prompt_versions": ("prompt version", "prompt versions"), "runs": ("run", "runs"),
    "verdicts": ("verdict", "verdicts"), "verdict_runs": ("run whose verdicts go", "runs whose verdicts go"),
    "rulings": ("ruling", "rulings"), "test_looks": ("logged look at the test split", "logged looks at the test split"),
    "probes": ("probe", "probes"), "suggestions": ("suggestion", "suggestions"), "rules": ("rule", "rules"),
    "decisions": ("decision", "decisions"), "notes": ("note", "notes"), "codes": ("code", "codes"),
    "values": ("value of a dimension", "values of dimensions"),
    "feedback": ("thing that a user said", "things that users said"),
    "failure_modes": ("failure mode", "failure modes"), "queue_items": ("place in a queue", "places in a queue"),
    "proposals": ("proposal of an input", "proposals of inputs"), "fixes": ("fix", "fixes"),
    "assertions": ("assertion", "assertions"), "insights": ("insight", "insights"),
    "criteria_versions": ("version of the criteria", "versions of the criteria"),
    "sign_offs": ("sign-off", "sign-offs"), "examples": ("example in a prompt that stays",
                                                         "examples in prompts that stay"),
    "restored": ("trace goes back to what it was before the import", "traces go back to what they were before the "
                 "import"),
    "kept": ("trace stays as it is, for it has changed since", "traces stay as they are, for they have changed since"),
}
_COUNTS = """
    select kind, count(*) as n from leaving where kind in ('traces', 'labels', 'judges', 'prompt_versions', 'runs',
        'verdicts', 'rulings', 'test_looks', 'probes', 'suggestions', 'rules', 'notes', 'failure_modes', 'fixes',
        'assertions', 'insights', 'criteria_versions', 'sign_offs') group by kind
    union all select 'test', count(*) from leaving_traces g join traces t on t.id = g.id where t.split = 'test'
    union all select 'waiting', count(*) from waiting_labels
        where import in leaving_imports or trace in leaving_judged
    union all select 'drafts', (select count(*) from drafts where trace in leaving_judged)
        + (select count(*) from note_drafts where trace in leaving_judged)
        + (select count(*) from prompt_drafts where prompt_version in leaving_prompt_versions)
    union all select 'verdict_runs', count(distinct v.run) from leaving_verdicts g join verdicts v on v.id = g.id
        where v.run not in leaving_runs
    union all select 'decisions', count(*) from decisions where judge in leaving_judges
    union all select 'codes', count(*) from trace_failure_modes
        where trace in leaving_judged or import in leaving_imports
    union all select 'feedback', count(*) from feedback where trace in leaving_judged or import in leaving_imports
    -- those of traces that go, go with them
    union all select 'values', count(*) from trace_values where import in leaving_imports
        and trace not in leaving_traces
    union all select 'queue_items', count(*) from queue_items where trace in leaving_judged
        or batch in leaving_batches
    union all select 'proposals', (select count(*) from proposals where trace in leaving_traces)
        + (select count(*) from proposals where generation in leaving_generations and (trace is null
            or trace not in leaving_traces))
    union all select 'examples', count(*) from prompt_examples where label in leaving_labels
        and prompt_version not in leaving_prompt_versions
    union all select 'restored', count(*) from leaving_judged where id not in leaving_traces
    union all select 'kept', count(*) from import_changes c join traces t on t.id = c.trace
        where c.import in leaving_imports and c.trace not in leaving_judged
        and (c.answered or t.created_at is not c.dated)
    """
_LABELS = """select e.name, count(*) from leaving_labels g join labels l on l.id = g.id
    join experts e on e.id = l.expert group by e.id order by e.is_principal desc, e.name"""
# What was paid for: of runs that go the errors that were asked for again too.
_SPENT = """select model, sum(calls) as calls, sum(tokens_in) as tokens_in, sum(tokens_out) as tokens_out from (
        select r.model, coalesce(v.attempts, 0) as calls, coalesce(v.prompt_tokens, 0) as tokens_in,
            coalesce(v.completion_tokens, 0) as tokens_out
        from leaving_runs g join runs r on r.id = g.id and r.status <> 'recorded'
        join verdicts v on v.run = r.id and v.reused is null
        union all select r.model, r.dropped_calls, r.dropped_prompt_tokens, r.dropped_completion_tokens
        from leaving_runs g join runs r on r.id = g.id
        union all select s.model, s.calls, s.prompt_tokens, s.completion_tokens
        from leaving_suggestions g join suggestions s on s.id = g.id
        union all select p.model, p.calls, p.prompt_tokens, p.completion_tokens
        from leaving_probes g join probes p on p.id = g.id
        union all select a.model, a.calls, a.prompt_tokens, a.completion_tokens
        from leaving_analyses g join analyses a on a.id = g.id
        union all select m.model, 1, coalesce(m.prompt_tokens, 0), coalesce(m.completion_tokens, 0)
        from leaving_generations g join generations m on m.id = g.id)
    group by model having calls > 0 order by model"""


@dataclass(frozen=True)
class Hanging:
    """What goes: `counts` by the names in NOUNS, `labels` by person, `spent` a row a model (calls, tokens)."""

    counts: dict[str, int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    principal: str = ""
    spent: tuple[dict[str, Any], ...] = ()

    @property
    def of_principal(self) -> int:
        """How many labels of the principal expert go."""
        return self.labels.get(self.principal, 0)

    @property
    def detail(self) -> dict[str, Any]:
        """The same as JSON holds it."""
        return {"counts": self.counts, "labels": self.labels, "principal": self.principal, "spent": list(self.spent)}


def hanging_of(detail: dict[str, Any]) -> Hanging:
    """What was counted, out of JSON."""
    return Hanging(detail.get("counts", {}), detail.get("labels", {}), detail.get("principal", ""),
                   tuple(detail.get("spent", ())))


def count(store: Store) -> Hanging:
    """Counts what is noted; inside the transaction of `marking`."""
    found = {row[0]: row[1] for row in store.rows(_COUNTS) if row[1]}
    principal = experts.principal(store)
    return Hanging({name: found[name] for name in NOUNS if name in found},
                   {row[0]: row[1] for row in store.rows(_LABELS)}, principal.name if principal else "",
                   tuple(dict(row) for row in store.rows(_SPENT)))


def lines(found: Hanging) -> list[str]:
    """Everything that goes, a line each: counts, whose labels, what was spent."""
    return [*_counted(found), *(f"spent on it, and kept in the log: {counted(row['calls'], 'call')} of {row['model']}, "
                                f"{counted(row['tokens_in'], 'token')} in, {row['tokens_out']:,} "
                                "out" for row in found.spent)]


def _counted(found: Hanging) -> Iterable[str]:
    for name, n in ((name, n) for name, n in found.counts.items() if n):
        one = f"{n:,} {NOUNS[name][n != 1]}"
        if name == "labels":
            whose = ", ".join(f"{many:,} of {who}{', the principal expert' * (who == found.principal)}"
                              for who, many in found.labels.items())
            one = f"{one}: {whose}"
        yield one


def sentence(found: Hanging) -> str:
    """The same in one line for a list; "" where nothing hangs on it."""
    return "; ".join(_counted(found))
