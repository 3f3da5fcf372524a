"""The models of a judge as one record: which versions and sets of traces are compared, and whether to try another."""

from dataclasses import dataclass

from lib.store import Store, experts
from lib.store.judge import judges
from lib.workflow.judge import model_table, replacing
from lib.workflow.judge.model_table import Beside


@dataclass(frozen=True)
class Models:
    """What may stand side by side."""

    versions: dict[int, list[Beside]]  # number of a version -> the sets of traces its models were measured on
    recorded: Beside | None  # judges recorded elsewhere
    replaceable: bool  # the judge has a prompt, which another model may be asked
    going: bool  # a replacement is being tried


def of(store: Store, judge: str, every: bool = False) -> Models | None:
    """The models of this judge; None where there is no expert to measure them against."""
    if experts.principal(store) is None:
        return None
    return Models(model_table.measured(store, judge, every), model_table.recorded(store, judge, every),
                  judge in judges.with_prompt(store), replacing.under_way(store, judge))
