"""What Error analysis opens on, in one record: the failure modes ranked, and what is not among them yet."""

from dataclasses import dataclass
from datetime import date

from lib.statistics.mode_pages import Ranked
from lib.store import Store, cycles, experts
from lib.store.errors import failure_modes
from lib.workflow import figures
from lib.workflow.errors import analysing, what_to_fix
from lib.workflow.errors.analysing import Said


@dataclass(frozen=True)
class FirstLook:
    """The ranking, and what it leaves out."""

    ranked: list[Ranked]
    coded: int
    uncoded: int
    proposed: int  # failure modes that wait for a person
    said: Said  # notes and critiques on the fails
    today: date

    @property
    def untested(self) -> list[str]:
        """The failure modes that are fixed and that no test watches."""
        return [mode.name for mode in self.ranked if mode.untested]


def first_look(store: Store, today: date | None = None) -> FirstLook:
    """Everything the view What to fix shows."""
    ranked, found = what_to_fix.ranking(store), figures.modes(store)
    spoken = analysing.said(store) if experts.principal(store) else Said(0, 0, 0)
    return FirstLook(ranked, found.coded, found.uncoded, len(failure_modes.unconfirmed(store)), spoken,
                     today or cycles.today())
