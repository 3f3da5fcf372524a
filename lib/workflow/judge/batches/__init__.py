"""A run asked in batch files: the same run, written as files, sent or handed over, and read back.

`of` tells how it stands, for the page and the command line; the verbs are in writing.py, reading.py and sending.py.
"""

from dataclasses import dataclass

from lib.records.words import counted
from lib.store import Store
from lib.store.judge.leaving import batches
from lib.store.judge.leaving.batches import FREED, HELD, READ, SENT, STARTING, UPLOADED, UPLOADING, WRITTEN, BatchFile

_STANDS = {WRITTEN: "written", UPLOADING: "being uploaded", UPLOADED: "uploaded",
           HELD: "waits for room in the queue of the service", STARTING: "being started", READ: "read",
           FREED: "given up"}


@dataclass(frozen=True)
class Standing:
    """How a run that is asked in files stands, file by file."""

    way: str  # service, files, or live: call by call from now on
    files: tuple[BatchFile, ...]

    @property
    def words(self) -> str:
        """In a sentence or two: how many files, what the service says of those under way, what came of the others."""
        if not self.files:
            return "Asked in batches: the first file is being written."
        requests = counted(sum(file.requests for file in self.files), "request")
        said = [_of_file(file) for file in self.files if file.open]
        read = sum(file.status == READ for file in self.files)
        ended = [f"{counted(read, 'file is', 'files are')} read"] if read else []
        where = "written for another machine" if self.way == batches.FILES else "asked in batches"
        told = "; ".join([*said[:3], *([f"{len(said) - 3:,} more under way"] if len(said) > 3 else []), *ended])
        return f"{requests} in {counted(len(self.files), 'file')}, {where}: {told or 'nothing is under way'}."


def _of_file(file: BatchFile) -> str:
    if file.status == SENT:
        came = f", {file.completed:,} of {file.requests:,} answered" if file.completed else ""
        failed = f", {file.failed:,} failed" if file.failed else ""
        return f"file {file.number} is {(file.service or 'sent').replace('_', ' ')} at the service{came}{failed}"
    return f"file {file.number} {'' if file.status == HELD else 'is '}{_STANDS[file.status]}"


def of(store: Store, run: int) -> Standing | None:
    """How a run stands that is, or was, asked in files; None for one that never was."""
    way = batches.way(store, run)
    return Standing(way, tuple(batches.files(store, run))) if way else None


def by_service(store: Store, run: int) -> bool:
    """Whether a run goes on through the service's batches."""
    return batches.way(store, run) == batches.SERVICE
