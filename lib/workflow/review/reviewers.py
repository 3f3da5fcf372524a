"""Several reviewers: agreement of every two, where they differ, and the principal's last word.

Labels stay as they were given: an adjudication is one more label of the principal, and the agreement between
experts is computed from what they said before it.
"""

from dataclasses import dataclass, field
from itertools import combinations

from lib.records import ADJUDICATION, BLIND, KNOWN, SHADOW, Circumstances, Figure, Label, LeftOut, Trace, UsageError
from lib.statistics import effective
from lib.statistics import reviewers as beyond_chance
from lib.statistics.metrics import PLACES
from lib.statistics.reviewers import Beside
from lib.store import Store, experts, sign_offs
from lib.store.dataset import traces
from lib.store.review import labels, queues, reveals
from lib.store.review import reviewers as stored
from lib.workflow import figures, rights
from lib.workflow.figures import Agreement


@dataclass(frozen=True)
class Differences:
    """Traces on which experts differ, as far as one of them may see: ids, how many are hidden, how many settled."""

    seen: list[str]
    hidden: list[str]  # the viewer has not labelled these: what others said would not leave them unbiased
    adjudicated: int


@dataclass(frozen=True)
class Together:
    """All reviewers at once, by the labels they gave independently."""

    names: list[str]  # those with a label on a trace that another one has labelled too
    traces: int  # with two labels or more
    single: int  # with one label, which nothing can be compared with
    left_out: LeftOut  # labels
    alpha: Figure
    beside: Beside
    ties: str = ""  # a sentence where traces share an input or a session

    @property
    def several(self) -> bool:
        """Whether there are more than two, so that kappa does not say it all."""
        return len(self.names) > 2


@dataclass(frozen=True)
class Reviewer:
    """One reviewer: how far, and with which labels."""

    person: experts.Expert
    tally: dict[str, int]
    in_queue: tuple[int, int]  # (done, all)


@dataclass(frozen=True)
class Difference:
    """One trace on which reviewers differ: what each said of it, the viewer's own first."""

    trace: Trace
    said: list[Label]


@dataclass(frozen=True)
class Reviewers:
    """All the view Reviewers shows; of a single reviewer the people alone."""

    people: list[Reviewer]
    together: Together | None = None
    pairs: list[tuple[Agreement, Beside]] = field(default_factory=list)
    differences: Differences | None = None
    difference: Difference | None = None  # the one that is looked at


def look(store: Store, viewer: str, wanted: str = "") -> Reviewers:
    """Everybody's progress, every two in agreement, and the difference wanted, else the first one."""
    people = [Reviewer(one, labels.tally(store, one.name), queues.progress(store, one.name))
              for one in experts.every(store)]
    if len(people) < 2:
        return Reviewers(people)
    found = differences(store, viewer)
    trace = wanted if wanted in found.seen else next(iter(found.seen), None)
    return Reviewers(people, together(store), [(one, beside(one)) for one in agreements(store)], found,
                     trace and Difference(traces.get(store, trace), said(store, viewer, trace)))


def together(store: Store, every: bool = False) -> Together:
    """Krippendorff's alpha of all reviewers, with AC1 beside it where one outcome is rare."""
    found = stored.independent(store, every)
    pairs = sum(beyond_chance.paired(found.kinds).values())
    worth = effective.of_share(found.alike, (0,), (0, 1)) / pairs if pairs else 1.0
    alpha = beyond_chance.alpha(found.kinds, worth)
    return Together(found.names, pairs, sum(found.kinds.values()) - pairs, found.left_out, alpha,
                    beyond_chance.beside(found.kinds, "Alpha", alpha, worth), effective.sentence(found.alike))


def left_out(found: Together) -> str:
    """What the figures of all reviewers leave out, in a sentence with its counts and reasons."""
    parts = [f"{n:,} {words}" for n, words in ((found.left_out.shadow, "given in shadow mode"),
                                               (found.left_out.drawn, "on traces drawn by outcome")) if n]
    return f"Labels left out: {', '.join(parts)}." if parts else ""


def agreements(store: Store, every: bool = False) -> list[Agreement]:
    """Every two experts with traces in common, those with the principal first."""
    names = [expert.name for expert in experts.every(store)]
    found = [figures.between(store, first, second, every) for first, second in combinations(names, 2)]
    return [one for one in found if one.counts.n or one.left_out.n]


def beside(found: Agreement) -> Beside:
    """AC1 of a pair, and why its kappa is low where one outcome is rare."""
    counts = found.counts
    worth = effective.of_share(counts, *PLACES["agreement"]) / counts.n if counts.n else 1.0
    return beyond_chance.beside(beyond_chance.of_pair(counts), "Kappa", found.figures["kappa"], worth)


def differences(store: Store, viewer: str) -> Differences:
    """Where experts differ; a trace the viewer has not labelled yet is counted and not shown."""
    found = stored.differing(store, viewer)
    return Differences([trace for trace, mine in found if mine], [trace for trace, mine in found if not mine],
                       stored.adjudicated(store))


def said(store: Store, viewer: str, trace_id: str) -> list[Label]:
    """The label that counts of each expert, the viewer's own first; UsageError before the viewer's own."""
    own = labels.current(store, trace_id, viewer)
    if own is None:
        raise UsageError(f"Label the trace '{trace_id}' first: what others said of it is shown afterwards.")
    others = [labels.current(store, trace_id, expert.name) for expert in experts.every(store)]
    return [own, *(label for label in others if label and label.expert != viewer)]


def may_adjudicate(store: Store, expert: str) -> str:
    """Why this person may not adjudicate; "" for the principal."""
    principal = experts.principal(store)
    if principal and principal.name == expert:
        return ""
    return f"Only the principal expert{f', {principal.name},' if principal else ''} adjudicates: one judgement counts."


def adjudicate(store: Store, expert: str, trace_id: str, outcome: str, critique: str, reason: str,
               token: str | None = None) -> Label:
    """The principal's last word on a trace on which experts differ: a new label, the earlier ones stay."""
    if problem := may_adjudicate(store, expert):
        raise UsageError(problem)
    rights.check(store, "adjudicates")
    _check_words(critique, reason)
    own = said(store, expert, trace_id)[0]
    mode = KNOWN if reveals.known(store, trace_id, expert) else BLIND
    how = Circumstances(SHADOW if own.circumstances.mode == SHADOW else mode, ADJUDICATION, reason.strip())
    return labels.save(store, trace_id, expert, outcome, critique, token, how)


def _check_words(critique: str, reason: str) -> None:
    if not critique.strip() or not reason.strip():
        raise UsageError("An adjudication needs a critique, which is what the judge learns, and a reason for your "
                         "colleagues.")


def ask(store: Store, trace_id: str, outcome: str, critique: str, reason: str) -> sign_offs.SignOff:
    """Asks the principal to settle a trace so; only who has labelled it knows what others said, and may ask."""
    _check_words(critique, reason)
    said(store, store.person or "", trace_id)
    return sign_offs.ask(store, sign_offs.ADJUDICATION, trace_id,
                         {"trace": trace_id, "outcome": outcome, "critique": critique.strip()}, reason)
