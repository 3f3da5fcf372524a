"""The rows of a run beside the prompt: which are listed, and one in full."""

from dataclasses import dataclass
from typing import Any

from lib.records import Run, Trace, Verdict
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.errors import assertions
from lib.store.judge import verdicts

MOST = 200  # rows that are listed
_LIVE, _LOOKED_AT = 30, 500  # rows that are sent anew each second, and verdicts looked through for them


@dataclass(frozen=True)
class Opened:
    """One row in full: the trace, what expert and judge said of it, and what assertions say."""

    run: Run
    trace: Trace
    verdict: Verdict
    expert_outcome: str | None
    expert_critique: str
    assertions: tuple[tuple[str, str | None, str], ...]

    @property
    def differs(self) -> bool:
        """Whether expert and judge gave different outcomes."""
        return None not in (self.expert_outcome, self.verdict.outcome) and self.expert_outcome != self.verdict.outcome


def rows(store: Store, run: int, kind: str, every: bool = False, going: bool = False) -> list[dict[str, Any]]:
    """What is listed of a run, newest verdicts first while it goes on; nothing while nobody has labelled."""
    principal = experts.principal(store)
    if principal is None:
        return []
    return (verdicts.newest_pairs(store, run, principal.name, kind, _LIVE, _LOOKED_AT, every) if going
            else verdicts.pairs(store, run, principal.name, kind, MOST, every))


def opened(store: Store, run: Run, name: str, every: bool = False) -> Opened | None:
    """The row of this trace; None where the run has no verdict on it that may be shown."""
    principal = experts.principal(store)
    row = verdicts.pair(store, run.id, principal.name, name, every) if principal else None
    if row is None:
        return None
    return Opened(run, traces.get(store, name), verdicts.whole(store, run.id, name), row["expert_outcome"],
                  row["expert_critique"] or "", tuple(assertions.of_trace(store, name)))
