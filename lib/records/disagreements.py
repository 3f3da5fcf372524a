"""Disagreements: a case is a verdict that contradicts a label, a ruling is how it ended.

Knows the four endings and the criteria they may change; knows nothing of how any of it is stored or shown.
"""

from dataclasses import dataclass

JUDGE_WRONG, LABEL_WRONG, UNCLEAR, BORDERLINE = "judge wrong", "label wrong", "criterion unclear", "borderline"
ENDINGS = (JUDGE_WRONG, LABEL_WRONG, UNCLEAR, BORDERLINE)
OPEN = "open"  # not ruled on, or the ruling was taken back


@dataclass(frozen=True)
class Ruling:
    """How a disagreement ended: why, and what came of it."""

    key: int
    run: int
    kind: str
    note: str
    created_at: str
    label: int  # the one that disagreed
    new_label: int | None = None  # where the label was wrong
    criteria: int | None = None  # the number of the version that was made where the criterion was unclear
    example: bool = False  # the label was put into the draft of the judge's prompt
    author: str = ""  # who ruled; "": nobody noted it


@dataclass(frozen=True)
class ListedCase:
    """A case as the list knows it: the trace, and how it ended so far."""

    trace: str
    ending: str
    before: bool = False  # the same label and outcome were ruled on in another run


@dataclass(frozen=True)
class Case:
    """One disagreement in full: the label that counts now, the verdict, what was ruled here and elsewhere."""

    verdict: int
    label: int
    run: int
    judge: str
    trace: str
    split: str
    expert: str
    expert_outcome: str
    expert_critique: str
    judge_outcome: str
    judge_critique: str
    ruling: Ruling | None = None  # None: open
    elsewhere: tuple[Ruling, ...] = ()  # on another run's equal verdict and the same label, newest first
    former: tuple[str, str] | None = None  # outcome and critique of the label that was ruled wrong
    probability: float | None = None  # of pass, that the verdict rests on

    @property
    def ending(self) -> str:
        """The kind of the ruling that stands, or open."""
        return self.ruling.kind if self.ruling else OPEN


@dataclass(frozen=True)
class Draft:
    """What is typed on a case before it is ruled on."""

    kind: str = ""
    note: str = ""
    critique: str = ""


@dataclass(frozen=True)
class Note:
    """What a prompt should learn of a case in which the judge was wrong."""

    ruling: int
    text: str
    trace: str
    split: str
    run: int
    label: int
    expert_outcome: str
    expert_critique: str
    judge_outcome: str
    judge_critique: str
    example: bool
    created_at: str


@dataclass(frozen=True)
class Tally:
    """How many pairs have these outcomes, the expert's as it counts now, and this ending of their disagreement."""

    expert: str
    judge: str | None  # None: an error
    ending: str | None  # None: they agree and always did, or nobody has ruled
    n: int


@dataclass(frozen=True)
class Criteria:
    """What pass and fail mean, in the expert's words: one version of the document."""

    number: int
    text: str
    reason: str
    created_at: str
    author: str = ""
