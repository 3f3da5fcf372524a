"""Many processes on one file: started at the same moment, and what each acknowledged held against the rows."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lib.store import Store
from tests.support import HOUSE
from tests.support.siege.crashes import sound


def start(*words: object) -> subprocess.Popen:
    """A Python process with pipes on all its streams: `start("-m", "tests.support.siege.reviewer", path)`."""
    return subprocess.Popen([sys.executable, *map(str, words)], cwd=HOUSE, text=True, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def go(processes: list[subprocess.Popen]) -> None:
    """Lets all that have said that they are ready begin at the same moment."""
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()


def run_together(processes: list[subprocess.Popen]) -> list[list[str]]:
    """Starts all at the same moment; what each acknowledged, word by word. None may say anything of an error."""
    go(processes)
    ends = [process.communicate() for process in processes]
    assert [error for _, error in ends if error] == []
    return [out.split() for out, _ in ends]


@dataclass
class Said:
    """What reviewers said: tokens of stored labels, seconds of every save of a label and of a draft, refusals."""

    labels: set[str] = field(default_factory=set)
    label_seconds: list[float] = field(default_factory=list)
    draft_seconds: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def hear(self, lines: Iterable[str]) -> None:
        """Takes note of the lines of one reviewer; half a line, of a killed one, is none."""
        for line in lines:
            kind, _, rest = line.strip().partition(" ")
            token, _, seconds = rest.rpartition(" ")
            if not line.endswith("\n") or kind == "ready":
                continue
            if kind == "label":
                self.labels.add(token)
                self.label_seconds.append(float(seconds))
            elif kind == "draft":
                self.draft_seconds.append(float(seconds))
            else:
                self.refused[rest] += 1

    @property
    def locked(self) -> int:
        """Refusals that speak of a lock, as SQLite says it and as the store does."""
        return sum(n for said, n in self.refused.items() if "locked" in said or "was busy" in said)


@dataclass(frozen=True)
class Kept:
    """The rows beside what was acknowledged."""

    lost: int  # acknowledged and not there
    doubled: int  # rows beyond the first of a token
    unasked: int  # there and never acknowledged
    half: int  # a label beside the draft that it should have taken away
    sound: bool


def kept(store: Store, said: Said) -> Kept:
    """Holds the labels of the project against what was acknowledged."""
    rows: list[Any] = store.rows("""select l.token, l.critique, d.critique as draft from labels l
        join traces t on t.id = l.trace
        left join drafts d on d.trace = l.trace and d.expert = l.expert where t.project = :project""")
    found = Counter(row["token"] for row in rows)
    half = sum(row["draft"] is not None and row["draft"] == f"half of {row['token']}" for row in rows)
    half += sum(row["critique"] != f"whole of {row['token']}" for row in rows)
    return Kept(len(said.labels - found.keys()), sum(n - 1 for n in found.values()),
                len(found.keys() - said.labels), half, sound(store))


def percentile(seconds: list[float], share: float) -> float:
    """The least of these that so large a share of them does not exceed; 0 of none."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
