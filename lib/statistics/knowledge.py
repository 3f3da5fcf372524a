"""Agreement of a judge split by what the expert knew of it when labelling, and whether blind and known ones differ.

Pure. An expert who has read a verdict may lean towards it, so that labels given knowing it flatter the judge.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.records import BLIND, KNOWN, MODES, SHADOW, UNKNOWN, Counts
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.breakdowns import OF_A_SLICE, Slice, agreement_by
from lib.statistics.clusters import CHANCE, differ

MEANING = {BLIND: "given without knowing a verdict", KNOWN: "given knowing a verdict",
           SHADOW: "begun with the judge's critique", UNKNOWN: "of which nobody noted what the expert knew"}


@dataclass(frozen=True)
class ByKnowledge:
    """The slices by mode, and of each figure Fisher's p that blind and known labels differ; None: one has no pair."""

    slices: list[Slice]
    p: dict[str, float | None]  # each by itself, not adjusted for the others
    reading: str


def by_knowledge(counts: Mapping[str, Counts]) -> ByKnowledge:
    """Slices from mode -> counts, blind before known before the others; modes without a pair or an error are left out.

    The exact two-sided p is Fisher's (1935): of agreement by the pairs that are equal, of TPR and TNR by the expert's
    passes and fails that the judge gives too.
    """
    there = {mode: counts[mode] for mode in MODES if mode in counts and counts[mode].n + counts[mode].errors}
    blind, known = (there.get(mode, Counts()) for mode in (BLIND, KNOWN))
    p = {name: differ(blind, known, *metrics.PLACES[name]) for name in OF_A_SLICE}
    return ByKnowledge([one for mode, cells in there.items() for one in agreement_by([(mode, cells)])], p,
                       _reading(there, p, blind, known))


def _reading(there: Mapping[str, Counts], p: Mapping[str, float | None], blind: Counts, known: Counts) -> str:
    paired = [mode for mode, counts in there.items() if counts.n]
    if not paired:
        return "No pair yet."
    if len(paired) == 1:
        whole = counted(there[paired[0]].n, "pair is", "pairs are")
        return f"All {whole} with labels {MEANING[paired[0]]}: there is nothing to compare."
    if p["agreement"] is None:
        missing = KNOWN if blind.n else BLIND
        return f"No pair is with a label {MEANING[missing]}: blind and known ones cannot be compared."
    tests = ", ".join(f"{metrics.METRICS[name].label} p = {one:.2g}" for name, one in p.items() if one is not None)
    if p["agreement"] >= CHANCE:
        return ("Agreement with blind and with known labels does not differ beyond chance (Fisher's exact test: "
                f"{tests}).")
    higher = metrics.agreement(known).value > metrics.agreement(blind).value
    return (f"The judge agrees {'more' if higher else 'less'} with known labels than with blind ones, beyond chance "
            f"(Fisher's exact test: {tests})."
            + " A label given knowing a verdict may lean towards it: go by the blind ones." * higher)
