"""A copy of the file that comes back, in words: what came in, what is in conflict, and what was left out."""

from pathlib import Path

from lib.records.words import counted
from lib.store import Store
from lib.store.judge import runs
from lib.store.judge.leaving import merging
from lib.store.judge.leaving.merging import Merged


def merge(store: Store, file: Path, dry_run: bool = False) -> Merged:
    """Adds what the copy in this file has more than this one, each once; with `dry_run` the same is only counted.

    UsageError or StoreError, in a sentence, where the file cannot be merged; nothing is changed then.
    """
    return merging.merge(store, file, dry_run)


def words(store: Store, found: Merged, dry_run: bool = False) -> list[str]:
    """What a merge has brought, in sentences; `dry_run`: what it would bring."""
    said = [f"{found.file}: {counted(found.labels, 'label')}, {counted(found.verdicts, 'verdict')} of "
            f"{counted(found.runs, 'new run')}, {counted(found.versions, 'prompt version')}, "
            f"{counted(found.traces, 'new trace')}."]
    if found.rulings or found.notes:
        said.append(f"{counted(found.rulings, 'ruling')} and {counted(found.notes, 'note')} came along.")
    if found.waiting:
        said.append(f"{counted(found.waiting, 'label')} in the principal's name must wait for a sign-off; 'sign-offs "
                    "list' shows it")
    if dry_run:
        return [*said, *["every shard is here: one run would put them together"] * len(found.joined)]
    return said + [f"every shard is here: run {number} puts them together, "
                   f"{counted(runs.get(store, number).total, 'trace')}" for number in found.joined]
