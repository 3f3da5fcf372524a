"""The prompt editor as one record: the versions there are, and of the one that edits start from all that is shown."""

from dataclasses import dataclass

from lib.prompting.lint import Remark
from lib.records import Example, PromptVersion
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, prompt_drafts
from lib.store.judge.prompt_drafts import Draft
from lib.store.review import labels
from lib.workflow.judge import judging, versions


@dataclass(frozen=True)
class Known:
    """The versions of a judge by their number, newest first, and the one that was typed over last."""

    versions: dict[int, PromptVersion]  # empty: it has no prompt
    first: int | None  # None: nothing is typed over any


@dataclass(frozen=True)
class Edited:
    """A version with what is typed over it, the examples on offer, and the known mistakes."""

    start: PromptVersion
    typed: Draft  # what is typed, else the version
    changed: bool  # something is typed over it and kept
    offered: dict[int, tuple[str, str]]  # number of a label -> its outcome and critique
    examples: tuple[Example, ...]  # those that are chosen, in their order
    rule: str  # which labels may be examples
    remarks: tuple[Remark, ...]


def known(store: Store, judge: str) -> Known:
    """Which versions there are, and which was typed over last."""
    return Known({version.number: version for version in judges.prompts(store, judge)},
                 prompt_drafts.newest(store, judge))


def of(store: Store, start: PromptVersion, unkept: Draft | None = None) -> Edited:
    """All that the editor shows of this version; `unkept` is what was typed and the file did not take."""
    typed = unkept or versions.draft(store, start)
    return Edited(start, typed, prompt_drafts.of_version(store, start.key) is not None,
                  _offered(store, start, typed.examples),
                  tuple(labels.by_keys(store, list(typed.examples), start.judge)) if typed.examples else (),
                  judging.example_rule(store),
                  # The known mistakes are those of prompts that ask for a critique.
                  () if start.decision else
                  tuple(versions.remarks(store, typed.template, list(typed.examples), start.judge)))


def _offered(store: Store, start: PromptVersion, chosen: tuple[int, ...]) -> dict[int, tuple[str, str]]:
    """What was chosen earlier stays, even where a newer label took its place."""
    principal = experts.principal(store)
    found = labels.candidates(store, principal.name, judging.example_split(store),
                              judge=start.judge) if principal else []
    by_key = {row["label"]: (row["outcome"], row["critique"]) for row in found}
    earlier = labels.by_keys(store, [one for one in chosen if one not in by_key], start.judge)
    for example in (*earlier, *start.examples):
        by_key.setdefault(example.label.key, (example.label.outcome, example.label.critique))
    return by_key


def to_preview(store: Store) -> str | None:
    """The trace that a preview begins with; None where none has an answer."""
    return traces.step(store, Filter(answered=True), None)
