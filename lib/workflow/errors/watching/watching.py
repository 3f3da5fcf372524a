"""A watch from its first look at a folder to each reading: new traces, a share judged, days tested, alerts sent.

One process reads a watch at a time, held by a lock; a reading that was killed is gone on with by the next one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from lib.records import DONE, INTERRUPTED, PlumblineError, UsageError
from lib.records.words import counted
from lib.store import Store, prices
from lib.store.dataset import sources
from lib.store.errors.watching import alerts, drawn, watches
from lib.store.errors.watching.alerts import Alert
from lib.store.errors.watching.watches import RECEIVED, SOURCE, Settings, Watch
from lib.store.judge import caps, judges
from lib.workflow.errors.watching import alarms, disagreements, sampled, taking_in
from lib.workflow.errors.watching.sampled import Judged
from lib.workflow.errors.watching.taking_in import Taken

SHARE, EVERY, DAYS = 0.1, 600, 7


@dataclass(frozen=True)
class Reading:
    """What one reading of a watch brought and said."""

    watch: Watch
    files: list[Taken]
    drawn: int  # of the new traces, into the share
    judged: Judged
    alerts: list[alerts.Found]
    others: tuple[str, ...] = ()  # on the queue, on deliveries

    @property
    def failed(self) -> bool:
        """Whether a file was refused, or the judging did not come to its end."""
        refused = any(one.refused and not one.before for one in self.files)
        return refused or bool(self.judged.run and self.judged.run.status != DONE and not self._capped)

    @property
    def stopped(self) -> bool:
        """Whether a signal stopped the judging: whoever reads on and on ends then."""
        return self.judged.run is not None and self.judged.run.status == INTERRUPTED

    @property
    def _capped(self) -> bool:
        return self.judged.run is not None and self.judged.run.message.startswith("The cap")

    @property
    def said(self) -> list[str]:
        """All of it, a sentence each."""
        new = sum(one.result.traces for one in self.files if one.result)
        share = [f"{self.drawn:,} of {counted(new, 'new trace')} drawn to be judged."] if new or self.drawn else []
        return [*(one.text for one in self.files), *share, *filter(None, (self.judged.text,)),
                *(f"ALERT. {one.said}." for one in self.alerts), *filter(None, self.others)]


def add(store: Store, name: str, place: str, judge: str | None, chosen: Settings) -> tuple[Watch, str]:
    """A new watch on a folder or file that is there, and how its first file is understood; UsageError else.

    `place` may be source:NAME, or the word received: then its traces are read as the source, or the server, has them.
    """
    read = place == RECEIVED or place.startswith(SOURCE)
    if place.startswith(SOURCE):
        sources.get(store, place.removeprefix(SOURCE))
    path = Path(place).expanduser().resolve()
    if not read and not path.exists():
        raise UsageError(f"There is no file or folder {path}: make it first, or name another one.")
    _check(store, chosen)
    alarms.check(chosen.webhook, chosen.mail)
    first = None if read else taking_in.understood(path, chosen.options)
    with store.transaction():
        made = watches.add(store, name, place if read else str(path), _judge(store, judge), chosen)
        if first:
            watches.keep_mapping(store, made.key, *first)
    return watches.get(store, name), first[0] if first else ""


def _judge(store: Store, name: str | None) -> str:
    known = [one for one in judges.with_prompt(store) if one not in judges.archived(store)]
    if name is None and len(known) != 1:
        raise UsageError(f"Say which judge, with --judge. Judges with a prompt: {', '.join(known) or 'none yet'}.")
    if name is not None and name not in known:
        raise UsageError(f"There is no judge '{name}' with a prompt. Judges: {', '.join(known) or 'none yet'}.")
    return name or known[0]


def _check(store: Store, chosen: Settings) -> None:
    caps.check(chosen.caps)
    if not 0 < chosen.share <= 1:
        raise UsageError("The share that is judged is above 0 and at most 1: 0.1 is a tenth.")
    if not 1 <= chosen.days <= 90:
        raise UsageError("The window is between 1 and 90 days.")
    if chosen.caps.cost is not None and not prices.every(store):
        raise UsageError("A cap on cost needs a price, and Settings, Models has none. Give one, or bound calls.")


def read(store: Store, name: str, moved: Callable[[], None] = lambda: None, today: str | None = None) -> Reading:
    """One reading: everything new, then what is due of it; UsageError where another process is at it.

    `today` is a day in UTC: days before it are tested. What an earlier reading left undone is done here.
    """
    with _alone(store, name):
        watch = watches.get(store, name)
        files = taking_in.take_in(store, watch)
        n = sampled.draw(store, watch)
        judged = _judged(store, watch, moved)
        found = alarms.look(store, watch, today or datetime.now(UTC).date().isoformat())
        queued = disagreements.queue(store, watch)
        made = Reading(watches.get(store, name), files, n, judged, found, (queued, *alarms.deliver(store, watch)))
        watches.note_read(store, watch.key, made.said)
    return made


def _judged(store: Store, watch: Watch, moved: Callable[[], None]) -> Judged:
    """What a judge cannot do now, for want of a key or a price, must not keep traces from coming in."""
    try:
        return sampled.judge(store, watch, moved)
    except PlumblineError as error:
        left = drawn.due(store, watch, watch.settings.days)
        return Judged(None, len(left.keys), left.expired, str(error))


@contextmanager
def _alone(store: Store, name: str) -> Iterator[None]:
    key = watches.get(store, name).key
    try:
        with FileLock(f"{store.path}.watch-{key}.lock", timeout=0):
            yield
    except Timeout:
        raise UsageError(f"The watch '{name}' is being read by another process: one is enough.") from None


@dataclass(frozen=True)
class Standing:
    """A watch as it is shown: its counts so far and its newest alert."""

    watch: Watch
    drawn: int
    judged: int
    undated: int
    alert: Alert | None

    @property
    def text(self) -> str:
        """What it is and how far it is, in sentences."""
        one, chosen = self.watch, self.watch.settings
        undated = f" {counted(self.undated, 'of them says', 'of them say')} no day: tested with none." * bool(
            self.undated)
        return (f"{one.place}, {chosen.share:.0%} judged by {one.judge} (seed {chosen.seed}), caps: "
                f"{sampled.cap_words(chosen.caps)}. {self.judged:,} of {self.drawn:,} drawn are judged.{undated} "
                f"Last read: {one.read_at[:16].replace('T', ' ') + ' UTC' if one.read_at else 'never'}.")


def standing(store: Store) -> list[Standing]:
    """Every watch of the project, oldest first."""
    newest: dict[str, Alert] = {}
    for one in alerts.every(store):
        newest.setdefault(one.watch, one)
    return [Standing(one, **drawn.counts(store, one.key), alert=newest.get(one.name)) for one in watches.every(store)]


def settings(share: float, seed: int, every: int, most: Any, days: int, **more: Any) -> Settings:
    """What was chosen, as the store keeps it; options that were not named are left out."""
    options = {name: list(value) if isinstance(value, tuple) else value
               for name, value in more.pop("options", {}).items() if value}
    return Settings(share, seed, every, most, days, options=options, **more)
