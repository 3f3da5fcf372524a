"""How many verdicts of a judge an alteration flips that changes nothing that counts, and whether that is its noise.

Pure. The unaltered trace is asked again too: an alteration flips more than noise where it flips more than that does, on
the same traces. So a judge that contradicts itself, or has changed since its run, raises no alarm.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from lib.prompting.probes import ORDER, PROBES, Probe
from lib.records import FAIL, PASS, Figure
from lib.records.pairs import Flips
from lib.records.probing import SAME, Probed
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.bias.groups import flips_to
from lib.statistics.clusters import CHANCE, holm
from lib.statistics.comparison import chance_of, format_p
from lib.statistics.metrics import share

LEAST = 6  # with fewer traces that differ, an exact sign test cannot fall below 5 %: 2 × ½⁵ is 6 %
# What was added is not true of every output, so that a strict judge may be right to fail it.
_HELD_AGAINST = ("The judge holds the added lines against the output: read these critiques, and where they are wrong "
                 "say in the guidelines that such lines count for nothing.")


@dataclass(frozen=True)
class ProbeResult:
    """One probe of a run: what its replies flipped against the run's own verdicts, and what chance makes of that.

    `beyond` counts traces that flip under this probe alone and under asking the same again alone; `towards` those on
    which both replies differ, by what the altered one says. Each p is exact, adjusted for all tests of all probes.
    """

    probe: Probe
    flips: Flips  # to pass, to fail, unchanged: of readable replies
    passes: int  # of the run's verdicts on these traces
    share: Figure
    errors: dict[str, int]
    beyond: Flips = field(default_factory=Flips)
    towards: Flips = field(default_factory=Flips)
    same: int = 0  # of the traces both were asked of, what asking the same again flips
    p_beyond: float = 1.0
    p_towards: float = 1.0

    @property
    def fails(self) -> int:
        """Of the run's verdicts on these traces."""
        return self.flips.n - self.passes

    @property
    def told(self) -> bool:
        """Whether there are replies to compare with those to the same asked again."""
        return self.flips.n > 0 and (self.probe.name == SAME or self.towards.n > 0)

    @property
    def is_beyond(self) -> bool:
        """Whether it flips more than asking the same again does, beyond chance."""
        return self.p_beyond < CHANCE and self.beyond.fixed > self.beyond.broken

    @property
    def way(self) -> str | None:
        """The outcome it moves the judge towards, beyond chance; None where it moves it neither way."""
        if self.p_towards >= CHANCE:
            return None
        return PASS if self.towards.fixed > self.towards.broken else FAIL

    @property
    def moves(self) -> bool:
        """Whether the judge is moved by it at all."""
        return self.is_beyond or self.way is not None

    @property
    def reading(self) -> str:
        """All of it in words, with what to do where the judge is moved."""
        if not self.flips.n:
            said = ", ".join(f"{n:,} {kind}" for kind, n in self.errors.items())
            return f"{self.probe.title}: no reply could be read ({said})."
        flips = (f"{self.probe.title} flips {self.flips.fixed + self.flips.broken:,} of "
                 f"{counted(self.flips.n, 'verdict')} ({metrics.format_ends('share', self.share)})")
        if self.probe.name == SAME:
            return f"{flips}: the judge's own noise on these traces."
        if not self.towards.n:
            return f"{flips}. Whether that is more than its own noise cannot be told: asking the same again brought " \
                   "no reply that can be read."
        return f"{flips}, {self._beside()}"

    def _beside(self) -> str:
        same = f"{self.same:,} of {self.towards.n:,}"
        if self.is_beyond:
            return (f"beyond the judge's own noise (asking the same again: {same}, {format_p(self.p_beyond)}). It "
                    f"turns {self.flips.fixed:,} of {counted(self.fails, 'fail')} into passes and "
                    f"{self.flips.broken:,} of {counted(self.passes, 'pass', 'passes')} into fails. {self._cure}")
        if self.way:
            return (f"not more than its own noise (asking the same again: {same}), but towards {self.way} beyond "
                    f"chance: where both replies differ, {self.towards.fixed:,} say pass and {self.towards.broken:,} "
                    f"fail ({format_p(self.p_towards)}). {self._cure}")
        if self.beyond.fixed <= self.beyond.broken:
            return f"no more than asking the same again ({same})."
        return f"not beyond chance more than asking the same again ({same}, {format_p(self.p_beyond)})."

    @property
    def _cure(self) -> str:
        against = self.way == FAIL or (self.way is None and self.flips.broken > self.flips.fixed)
        return _HELD_AGAINST if against and self.probe.name != ORDER else self.probe.cure


def results(found: Iterable[Probed]) -> list[ProbeResult]:
    """Every probe that was asked, in the order of the table, from the newest reply to each trace.

    The tests are McNemar's (1947), exact, on pairs of replies to one trace; by whole groups where traces share an input
    or a session. They are adjusted together (Holm 1979), but for those whose traces are too few to fall below 5 %: of
    these the p itself stands, which is above it (Tarone 1990, Biometrics 46:515-522).
    """
    by_name: dict[str, dict[str, Probed]] = {}
    for one in found:
        by_name.setdefault(one.alteration, {})[one.trace] = one
    again = {trace: one for trace, one in by_name.get(SAME, {}).items() if one.outcome}
    return _adjusted([_result(PROBES[name], by_name[name], again) for name in PROBES if name in by_name])


def _result(probe: Probe, replies: Mapping[str, Probed], again: Mapping[str, Probed]) -> ProbeResult:
    read = [one for one in replies.values() if one.outcome]
    flips = flips_to((one.session, one.input, one.first, one.outcome) for one in read)
    made = ProbeResult(probe, flips, sum(one.first == PASS for one in read),
                       share(flips, (0, 1), (0, 1, 2), "no reply could be read"),
                       dict(Counter(one.error for one in replies.values() if one.error).most_common()))
    if probe.name == SAME:
        return made
    both = [(one, again[one.trace].outcome) for one in read if one.trace in again]
    towards = flips_to((one.session, one.input, same, one.outcome) for one, same in both)
    # Of two replies that differ exactly one is the run's own: the other one has flipped.
    beyond = flips_to((one.session, one.input, *((FAIL, PASS) if one.outcome != one.first else (PASS, FAIL)))
                      if one.outcome != same else (one.session, one.input, PASS, PASS) for one, same in both)
    return replace(made, beyond=beyond, towards=towards, same=sum(same != one.first for one, same in both),
                   p_beyond=chance_of(beyond), p_towards=chance_of(towards))


def _adjusted(made: list[ProbeResult]) -> list[ProbeResult]:
    tested = [place for place, one in enumerate(made) if one.towards.fixed + one.towards.broken >= LEAST]
    p = iter(holm([p for place in tested for p in (made[place].p_beyond, made[place].p_towards)]))
    for place in tested:
        made[place] = replace(made[place], p_beyond=next(p), p_towards=next(p))
    return made
