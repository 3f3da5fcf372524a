"""A judge's reply to a trace whose output was altered, beside the verdict of its run: what moves it besides the work.

Pure. Such a reply is no verdict: it measures the judge and says nothing of the trace.
"""

from dataclasses import dataclass

SAME = "same"  # the unaltered trace asked again: the judge's own noise, on the very traces that are probed


@dataclass(frozen=True)
class Probed:
    """What one alteration of one trace brought; `outcome` is None where the reply could not be read."""

    trace: str
    session: int | None  # the first trace of its session; None: it shares none
    input: int | None  # the first trace with its input; None: it shares none
    first: str  # the outcome of the run itself
    label: str  # the expert's
    alteration: str
    outcome: str | None
    error: str | None = None
    critique: str = ""
