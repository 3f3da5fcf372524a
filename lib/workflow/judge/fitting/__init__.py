"""A decision judge brought into line: its probabilities fitted to the expert's labels, and the outcomes that follow.

A fit is made on train; with few labels on train and dev together, each group of traces judged by a fit without it.
Test is never looked at. A fit belongs to one version and one model: an edit begins anew.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lib.records import DEV, PASS, TRAIN, Figure, PromptVersion, UsageError
from lib.records.fit import HALF, NONE, PLATT, Fit
from lib.records.words import counted
from lib.statistics import calibration, metrics
from lib.statistics.calibration import Bin, Pair, Platt
from lib.store import Store, experts
from lib.store.judge import fits, judges
from lib.store.judge.fits import Said

ENOUGH, FEWEST = 30, 15  # of the rarer outcome: for a fit on train alone, and for any
BOTH = f"{TRAIN} and {DEV}"
LONGEST_COST = 1000.0
NEAR_ENOUGH = 0.05  # of a share: below it nobody would say too high


@dataclass(frozen=True)
class Measured:
    """How probabilities stand to labels: n pairs, their mean, the share of passes, and what a cut makes of them."""

    split: str
    n: int
    mean: float
    passes: float
    brier: float
    always: float  # the Brier of always saying the share of passes
    calibrated: float  # the Brier after the fit; for few labels each by a fit without its group
    auc: Figure
    at_half: dict[str, Figure]
    at_threshold: dict[str, Figure]
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Fitted:
    """A fit of a version, what it was measured at, and the runs that hold its outcomes."""

    version: PromptVersion
    fit: Fit
    plateau: tuple[float, float] | None
    measured: Measured | None  # None: no labelled trace of dev has a probability
    runs: tuple[int, ...]
    dev: tuple[Pair, ...] = ()  # what it says of each labelled trace of dev, and whether the expert passed it
    calibrated: tuple[Pair, ...] = ()  # the same after the fit
    traces: tuple[tuple[str, str], ...] = ()  # of dev in the same order: each with the group it is in

    @property
    def bins(self) -> tuple[list[Bin], list[Bin]]:
        """How often the expert passes what it says on dev, before and after the fit."""
        return calibration.reliability(self.dev), calibration.reliability(self.calibrated)

    @property
    def said(self) -> tuple[str, ...]:
        """How far its probabilities can be believed, in sentences."""
        return tuple(filter(None, (_level(self), _made_of(self.fit), _cuts(self), _written(self))))


@dataclass(frozen=True)
class Looked:
    """The fit in force of a decision judge's newest version, or why there is nothing to be fitted."""

    in_force: Fit | None = None
    why: str = ""
    void: str = ""  # the threshold that was learnt before, where it does not hold here


def look(store: Store, judge: str) -> Looked | None:
    """What there is of the newest version; None for a judge that writes its verdicts, and for a cascade."""
    version = next(iter(judges.prompts(store, judge)), None)
    if version is None or version.decision is None or version.cascade:
        return None
    model = fits.model(store, version.key)
    if model is None:
        return Looked(why=f"Version {version.number} has answered nothing yet: run it on train, for a threshold to be "
                          "learnt, and on dev, for it to be measured.")
    found, last = fits.in_force(store, version.key, model), fits.last(store, judge)
    void = (f"The threshold learnt for version {last[0]}, answered by {last[1]}, is void here: this is version "
            f"{version.number}, answered by {model}.") if last and found is None else ""
    return Looked(found, void=void)


def fit(store: Store, judge: str, miss_cost: float = 1.0) -> Fitted:
    """Fits the newest version of a judge and has its runs' outcomes follow, without a call; written ones stay.

    Raises as `tried` does.
    """
    found = tried(store, judge, miss_cost)
    with store.transaction():
        runs = tuple(fits.applied(store, run, found.fit) for run in fits.runs_of(store, found.version.key)
                     if found.version.decision)
    return replace(found, runs=runs)


def tried(store: Store, judge: str, miss_cost: float = 1.0) -> Fitted:
    """The fit that would be made of the newest version of a judge; nothing is stored.

    UsageError for a judge without probabilities, for want of an expert or of answers, for a cost out of range.
    """
    if not 1 / LONGEST_COST <= miss_cost <= LONGEST_COST:
        raise UsageError(f"What a missed fail costs is between {1 / LONGEST_COST:g} and {LONGEST_COST:g}.")
    version = _version(store, judge)
    person, model = experts.principal(store), fits.model(store, version.key)
    if person is None:
        raise UsageError("There is no expert yet: a threshold is learnt from labels.")
    if model is None:
        raise UsageError(_nothing_said(version))
    said = fits.said(store, version.key, model, person.name)
    made, held_out = _made(said, miss_cost, model)
    pairs, dev = _pairs(said), [one for one in said if one.split == DEV]
    return Fitted(version, made, calibration.plateau(pairs) if pairs else None, _measured(dev, made, held_out), (),
                  tuple(_pairs(dev)), tuple(_calibrated(dev, made, held_out)),
                  tuple((one.trace, one.group) for one in dev))


def on_dev(store: Store, version: PromptVersion, model: str,
           expert: str) -> tuple[Fit | None, list[tuple[Said, float]]]:
    """The fit in force, and the labelled traces of dev with a probability, each with its cut.

    Where dev was used for the fit, a trace's cut is that of the fit without its group, as `Measured` has it.
    """
    said, found = fits.said(store, version.key, model, expert), fits.in_force(store, version.key, model)
    held_out = _made(said, found.miss_cost, model)[1] if found and found.provisional else {}
    return found, [(one, _cut(held_out.get(one.group), found) if found else HALF)
                   for one in said if one.split == DEV]


def _version(store: Store, judge: str) -> PromptVersion:
    judges.row_of(store, judge)
    found = judges.prompts(store, judge)
    if found and found[0].cascade:
        raise UsageError(f"'{judge}' is a cascade: its threshold is that of '{found[0].cascade.first}'.")
    if not found:
        raise UsageError(f"Judge '{judge}' has no prompt here: its verdicts came from elsewhere, without a "
                         "probability.")
    return found[0]


def _nothing_said(version: PromptVersion) -> str:
    if version.decision:
        return (f"Version {version.number} of '{version.judge}' has answered nothing yet: 'run --judge' first, on "
                f"{TRAIN} and on {DEV}.")
    return (f"Judge '{version.judge}' writes its verdicts, and none of version {version.number} has a probability: "
            "'run --judge NAME --probability' asks for them, and 'judge-new NAME --kind decision' makes a judge that "
            "answers with nothing else.")


def _pairs(said: Sequence[Said]) -> list[Pair]:
    return [(one.probability, one.label == PASS) for one in said]


def _rarer(pairs: Sequence[Pair]) -> int:
    passes = sum(passed for _, passed in pairs)
    return min(passes, len(pairs) - passes)


def _made(said: list[Said], cost: float, model: str) -> tuple[Fit, dict[str, Platt]]:
    """The fit, and for each group the one without it, where labels are few."""
    train = [one for one in said if one.split == TRAIN]
    alone = _rarer(_pairs(train)) >= ENOUGH
    used = train if alone else said
    pairs, split = _pairs(used), TRAIN if alone else BOTH
    passes = sum(passed for _, passed in pairs)
    about = (split, not alone, passes, len(pairs) - passes, _hash(used), cost, model)
    found = calibration.platt(pairs) if _rarer(pairs) >= FEWEST else None
    cut = found.threshold(cost) if found else None
    if cut is None:
        return Fit(NONE, HALF, 1.0, 0.0, *about), {}
    groups = {} if alone else {group: calibration.platt(_pairs([one for one in used if one.group != group]))
                               for group in {one.group for one in used if one.split == DEV}}
    return Fit(PLATT, cut, found.slope, found.intercept, *about), groups


def _hash(used: Sequence[Said]) -> str:
    known = sorted([one.trace, one.probability, one.label] for one in used)
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def _by(dev: list[Said], made: Fit, held_out: dict[str, Platt]) -> list[Platt]:
    """For each trace the fit it is judged by: where it was one of those the fit was made of, one without its group."""
    whole = Platt(made.slope, made.intercept)
    return [held_out.get(one.group, whole) for one in dev]


def _calibrated(dev: list[Said], made: Fit, held_out: dict[str, Platt]) -> list[Pair]:
    return [(by.calibrated(p), passed) for by, (p, passed) in zip(_by(dev, made, held_out), _pairs(dev), strict=True)]


def _measured(dev: list[Said], made: Fit, held_out: dict[str, Platt]) -> Measured | None:
    if not dev:
        return None
    pairs, by = _pairs(dev), _by(dev, made, held_out)
    cuts = [_cut(one, made) for one in by]
    calibrated = _calibrated(dev, made, held_out)
    return Measured(DEV, len(pairs), sum(p for p, _ in pairs) / len(pairs), sum(good for _, good in pairs) / len(pairs),
                    calibration.brier(pairs), calibration.always(pairs), calibration.brier(calibrated),
                    calibration.auc(pairs), _figures(pairs, [HALF] * len(pairs)), _figures(pairs, cuts),
                    tuple(calibration.reliability(pairs)))


def _cut(by: Platt | None, made: Fit) -> float:
    """The threshold that a fit without a trace's group gives, or that of the whole one."""
    return made.threshold if by is None or made.method == NONE else by.threshold(made.miss_cost) or made.threshold


def _figures(pairs: list[Pair], cuts: list[float]) -> dict[str, Figure]:
    counts = calibration.counts_at(pairs, cuts.__getitem__)
    return {name: metrics.METRICS[name].figure(counts) for name in ("kappa", "tpr", "tnr", "agreement")}


def _level(found: Fitted) -> str:
    at = found.measured
    if at is None:
        return f"No labelled trace of {DEV} has a probability: run it there to see how far it can be believed."
    side = "too high" if at.mean > at.passes else "too low"
    traces = counted(at.n, "labelled trace")
    level = f"On {traces} of {DEV} it says {at.mean:.0%} pass in the mean, the expert {at.passes:.0%}"
    if abs(at.mean - at.passes) < NEAR_ENOUGH:
        return f"{level}: its level is right."
    mended = f" The threshold {found.fit.threshold:.2f} takes that out." if found.fit.method == PLATT else ""
    return f"{level}: its probabilities are {side}.{mended}"


def _written(found: Fitted) -> str:
    return "" if found.version.decision else (
        "It writes its verdicts, and they stay as they are: its probability is of the word after its own critique, so "
        "a threshold moves no outcome.")


def _made_of(made: Fit) -> str:
    labels = f"{counted(made.n_pass, 'pass', 'passes')} and {counted(made.n_fail, 'fail')} of {made.split}"
    if made.method == NONE and min(made.n_pass, made.n_fail) < FEWEST:
        return (f"Not fitted: {labels} have a probability, and a fit needs {FEWEST} of the rarer outcome. It is cut at "
                f"{HALF}.")
    if made.method == NONE:
        return f"Not fitted: on {labels} it gives fails the higher probability. It is cut at {HALF}."
    provisional = " Provisional: so few labels stand in train that dev was used too." if made.provisional else ""
    return f"Fitted on {labels}, answered by {made.model}.{provisional}"


def _cuts(found: Fitted) -> str:
    if found.fit.method == NONE or found.plateau is None:
        return ""
    cost = f" where a missed fail costs {found.fit.miss_cost:g}" if found.fit.miss_cost != 1 else ""
    return (f"Pass from {found.fit.threshold:.3f} on{cost}. Within {calibration.NEAR} of the best kappa lie the "
            f"thresholds from {found.plateau[0]:.2f} to {found.plateau[1]:.2f}.")
