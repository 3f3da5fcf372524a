"""Labels as a file to tune a model on: chats whose last message is what the expert said, the splits kept apart.

The sealed test never leaves this way: a model that has seen its labels cannot be measured on them any more.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lib.prompting.judge import Prompt
from lib.records import DEV, TEST, TRAIN, Example, UsageError
from lib.store import Store
from lib.store.judge import splits
from lib.store.review import labels
from lib.workflow import figures
from lib.workflow.judge.passport import exporting, measured

_MOST = 1_000_000  # labels of one split


@dataclass(frozen=True)
class Written:
    """The files, how many chats each holds, and how many labels are in none for want of a critique."""

    files: dict[str, int]
    without_critique: int


def write(store: Store, name: str, folder: Path, number: int | None = None, wanted: tuple[str, ...] = (TRAIN, DEV),
          examples: bool = True) -> Written:
    """One JSONL file a split: the messages of the judge's version for a trace, then the expert's critique and outcome.

    `examples`: with those of the prompt, but for the trace's own. UsageError for a test split that is sealed.
    """
    if TEST in wanted and splits.enough(store):
        raise UsageError("The test split is sealed: a model that was tuned on its labels cannot be measured on them. "
                         "Take train and dev.")
    version, expert = exporting.version_of(store, name, number), figures.principal_name(store)
    prompt = exporting.prompt_of(store, version, measured.runs_of(store, version))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = {f"tuning-{split}.jsonl": _file(store, prompt if examples else prompt.bare(),
                                               folder / f"tuning-{split}.jsonl", name, expert, split)
                for split in wanted}
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to ({type(error).__name__}): name another folder.") from None
    return Written(made, labels.tally(store, expert)["labelled"] - labels.tally(store, expert)["complete"])


def _file(store: Store, prompt: Prompt, file: Path, judge: str, expert: str, split: str) -> int:
    made = 0
    with file.open("w", encoding="utf-8") as out:
        for one in _shown(store, judge, expert, split):
            said = json.dumps({"critique": one.label.critique, "outcome": one.label.outcome}, ensure_ascii=False)
            chat = [*prompt.without(one.trace).messages(one.trace), {"role": "assistant", "content": said}]
            out.write(json.dumps({"messages": chat}, ensure_ascii=False) + "\n")
            made += 1
    return made


def _shown(store: Store, judge: str, expert: str, split: str) -> Iterator[Example]:
    for row in labels.candidates(store, expert, split, _MOST, judge):
        yield from labels.by_keys(store, [row["label"]], judge)
