"""What no judge can be expected to exceed: the expert's agreement with themselves, and that of two experts."""

from dataclasses import dataclass

from lib.records import Figure
from lib.store import Store, experts
from lib.store.judge import decisions
from lib.workflow import figures
from lib.workflow.review import consistency

_NONE = Figure(None)


@dataclass(frozen=True)
class Ceilings:
    """An expert with themselves, and with the other expert who shares most traces with them."""

    expert: str
    own: Figure
    other: str = ""  # "" where nobody else has labelled a trace of theirs
    shared: int = 0
    agreement: Figure = _NONE
    kappa: Figure = _NONE
    target: float = decisions.DEFAULT_TARGET  # what the team wants the judge to reach

    def lines(self, name: str) -> dict[str, Figure]:
        """Name -> figure of those of the two ceilings that bound this metric: what is drawn across its chart."""
        found = {"own": self.own if name == "agreement" else _NONE,
                 "two experts": {"agreement": self.agreement, "kappa": self.kappa}.get(name, _NONE)}
        return {words: figure for words, figure in found.items() if figure.value is not None}


def of(store: Store, expert: str) -> Ceilings:
    """Both ceilings of an expert; undefined before an earlier trace has come back or another expert has labelled it."""
    others = [figures.between(store, expert, one.name) for one in experts.every(store) if one.name != expert]
    most = max(others, key=lambda one: one.counts.n, default=None)
    own, target = consistency.ceiling(store, expert), decisions.target(store)
    if most is None or not most.counts.n:
        return Ceilings(expert, own, target=target)
    return Ceilings(expert, own, most.judge, most.counts.n, most.figures["agreement"], most.figures["kappa"], target)
