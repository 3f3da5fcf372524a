"""Models that their provider shuts down: the mark they carry wherever they are used, from 90 days before.

Knows the days that lists of models named; what a replacement is worth is a matter of judge/replacing.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lib.engine.runner import ENVIRONMENT, address_of
from lib.records import Run
from lib.store import Store, cycles, retirements
from lib.store.judge import runs

SOON = 90  # days before: from here on the mark is shown
_LONGEST = 40  # characters of a day that nobody can read


def mark(shutdown_date: str | None, today: date) -> str:
    """What is said of a model with this last day; "" for none and for one that is more than 90 days away.

    A day that cannot be read is shown as it is, always: nobody can say that it is far away.
    """
    if not shutdown_date or not shutdown_date.strip():
        return ""
    day = read(shutdown_date)
    if day is None:
        text = " ".join(shutdown_date.split())
        return f"shuts down: {text[:_LONGEST]}{'…' * (len(text) > _LONGEST)}"
    left = (day - today).days
    if left > SOON:
        return ""
    if left < 0:
        return f"was shut down on {day}"
    return f"shuts down on {day}, " + ("today" if not left else f"in {left} day{'s' * (left != 1)}")


def read(shutdown_date: str) -> date | None:
    """The day, whatever time stands behind it; None where it cannot be read."""
    text = shutdown_date.strip()
    try:
        if text.isdecimal() and len(text) in (10, 13):  # seconds or thousandths since 1970
            return datetime.fromtimestamp(int(text[:10]), UTC).date()
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


@dataclass(frozen=True)
class Retirements:
    """All the days that are known, read once for a whole page or list."""

    days: Mapping[tuple[str, str], str]  # (address, model) -> the day as the provider wrote it
    today: date

    def of(self, model: str, address: str) -> str:
        """The mark of a model at an address."""
        return mark(self.days.get((address, model)), self.today)

    def of_run(self, run: Run) -> str:
        """The mark of a run's model; where no one address was noted, of any model of this name."""
        if run.prompt is None:
            return ""
        if run.address or run.endpoint != ENVIRONMENT:
            return self.of(run.model, run.address)
        return next(filter(None, (self.of(model, address) for address, model in self.days if model == run.model)), "")

    def beside(self, run: Run) -> str:
        """A run's model with its mark behind it, as lists show it."""
        return f"{run.model} ({words})" if (words := self.of_run(run)) else run.model

    def of_named(self, model: str | None) -> str:
        """The mark of a model that a prompt version or a setting names: at the endpoint of the environment."""
        return self.of(model, address_of(ENVIRONMENT)) if model else ""


def known(store: Store) -> Retirements:
    """The days that are known now."""
    return Retirements(retirements.every(store), cycles.today())


def of_judges(store: Store) -> list[tuple[Run, str]]:
    """Each judge's newest run whose model is shut down soon, with the mark."""
    marks, newest = known(store), {}
    for run in runs.every(store) if marks.days else []:
        newest.setdefault(run.judge, run)
    return [(run, words) for run in newest.values() if (words := marks.of_run(run))]
