"""How long work still takes, by its own pace: the one way to work it out and to say it, on a page and in a terminal.

Knows counts and seconds alone; who counts, and where the bar is drawn, is not its affair.
"""

from collections import deque

FIRST = 3  # done before a pace is believed: of fewer it is mostly the start that is measured
NEWEST = 30  # looks a pace is worked out of, so that it is that of late
UNKNOWN, TOO_FEW = f"time left: –, known once {FIRST} are done", "time left: –, too few to tell"
IN_A_MOMENT = "time left: –, known in a moment"  # of what moves many times a second


class Pace:
    """How fast something moves, out of looks at how much of it is done; what was done before the first does not count.

    `done` is any count that grows (traces, calls, bytes); `first` how much of it must have moved before a pace is said.
    """

    def __init__(self, first: int = FIRST) -> None:
        """Has seen nothing yet."""
        self.first, self.start = first, None
        self.looks: deque[tuple[float, float]] = deque(maxlen=NEWEST)

    def saw(self, done: float, now: float) -> None:
        """Takes note that so much is done at this second of any clock that only goes forward."""
        self.start = done if self.start is None else self.start
        if not self.looks or done > self.looks[-1][1]:
            self.looks.append((now, done))

    def rate(self, now: float) -> float | None:
        """So much a second of late; None as long as too little has moved."""
        if self.start is None or self.looks[-1][1] - self.start < self.first:
            return None
        since, before = self.looks[0]
        return (self.looks[-1][1] - before) / (now - since) if now > since and len(self.looks) > 1 else None


def said(done: float, total: float, rate: float | None, unknown: str = "") -> str:
    """About how long the rest takes at so much a second, in words; a dash and its reason where that is not known.

    "" where nothing is missing. `unknown` is the reason of who knows a better one.
    """
    if done >= total:
        return ""
    if rate:
        return f"{_small(words((total - done) / rate))} left"
    return unknown or (UNKNOWN if total > FIRST else TOO_FEW)


def _small(text: str) -> str:
    return text[0].lower() + text[1:]


def words(wanted: float) -> str:
    """A stretch of time, in seconds, as people say it: "About 2 minutes"."""
    for unit, long in (("hour", 3_600), ("minute", 60)):
        if wanted >= 1.5 * long:
            return f"About {round(wanted / long):,} {unit}s"
    return f"About {max(2, round(wanted))} seconds" if wanted < 55 else "About a minute"
