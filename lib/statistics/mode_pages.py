"""What there is to know of a failure mode before deciding what to do about it, and the same as Markdown and as rows.

Pure: workflow/errors/what_to_fix.py brings it together. Texts of people and traces are escaped here where they become
Markdown.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from lib.records import Figure
from lib.records.words import counted
from lib.statistics.breakdowns import Rate
from lib.statistics.clusters import Cluster
from lib.writers.markdown import cell, quote, table

# How much one fail of a failure mode weighs: frequency times this is the order in which to look at them.
WEIGHTS = {"low": 1, "medium": 2, "high": 3}
NOT_TESTED = "fixed without a test"
COLUMNS = ["rank", "failure mode", "fails", "share of coded fails", "low", "high", "impact", "weight", "status",
           "decision", "owner", "due", "overdue", "tests", "kind", "definition"]
PAGE_COLUMNS = ["part", "name", "have it", "of", "share", "low", "high", "note"]


@dataclass(frozen=True)
class Ranked:
    """One failure mode in the overview: how often, how bad, and what was decided."""

    rank: int
    name: str
    definition: str
    fails: int
    share: Figure  # of the coded fails
    impact: str
    status: str
    kind: str
    decision: str
    owner: str
    due_on: str | None
    tests: int
    key: int = 0  # its number, as links have it

    @property
    def weight(self) -> float:
        """Frequency × impact: the share of coded fails, counted once, twice or three times."""
        return (self.share.value or 0.0) * WEIGHTS[self.impact]

    @property
    def untested(self) -> bool:
        """Fixed, and no assertion and no special judge would notice if it came back."""
        return self.status == "fixed" and not self.tests

    def overdue(self, today: date) -> bool:
        """Whether it should be dealt with by now and is not."""
        return bool(self.due_on) and self.due_on < today.isoformat() and self.status not in ("fixed", "watched")

    def marks(self, today: date) -> list[str]:
        """What asks for attention, in words."""
        return ["overdue"] * self.overdue(today) + [NOT_TESTED] * self.untested


@dataclass(frozen=True)
class Critique:
    """A critique that shows a failure mode, and the trace it is of."""

    trace: str
    text: str


@dataclass(frozen=True)
class ModePage:
    """All that stands on the page of one failure mode; its rates leave out labels on traces drawn by an outcome."""

    mode: Ranked
    expert: str
    coded: int
    uncoded: int  # fails that nobody has looked through for failure modes
    rate: Figure  # of all labelled traces
    labelled: int
    drawn: int  # labelled traces that are not among them: they were chosen by what somebody said of them
    hidden: int  # uncoded fails among those labelled traces: some of them may have it too
    months: list[Rate]
    versions: list[Rate]
    clusters: list[Cluster]
    critiques: list[Critique]
    examples: list[tuple[str, str]]  # (trace, input)
    fixes: list[str]
    insights: list[str]


def share_words(figure: Figure) -> str:
    """A share with its 95 % interval in one narrow cell; a dash where it is not defined."""
    return "–" if figure.value is None else f"{figure.value:.0%} ({figure.low:.0%} to {figure.high:.0%})"


def at_least(page: ModePage) -> str:
    """What the uncoded fails mean for the rate; nothing where there are none."""
    if not page.hidden:
        return ""
    return (f"At least: {page.hidden:,} of these traces are fails that nobody has looked through for failure modes "
            "yet, and some may have it too.")


def why_of(page: ModePage) -> str:
    """Which traces the share of all labelled ones is of, and why these: a part of a sentence and what follows."""
    if not page.drawn:
        return f"of {page.labelled:,}: every label of {page.expert} counts."
    return (f"of {page.labelled:,}: labels of {page.expert} on traces drawn without looking at an outcome. "
            f"{counted(page.drawn, 'more was', 'more were')} drawn by what somebody had said of them, which would "
            "distort the rate.")


def cluster_rows(found: Iterable[Cluster]) -> list[tuple[str, ...]]:
    """One line of text for each value, under CLUSTER_COLUMNS."""
    return [(f"{one.dimension}: {one.value}",
             f"{share_words(one.share)}, {one.k:,} of {one.n:,}{', few' if one.small else ''}", one.reading)
            for one in found]


CLUSTER_COLUMNS = ("value", "share that has it", "against all others")
RATE_COLUMNS = ("share that has it", "have it")
OVERVIEW_COLUMNS = ("rank", "failure mode", "fails", "share", "impact", "status", "decision", "owner", "due")


def overview_lines(found: Iterable[Ranked], today: date) -> list[tuple[str, ...]]:
    """One line of text for each failure mode, under OVERVIEW_COLUMNS."""
    return [(f"{mode.rank}", mode.name, f"{mode.fails:,}", share_words(mode.share), mode.impact,
             NOT_TESTED if mode.untested else mode.status, mode.decision or "–", mode.owner or "–",
             (mode.due_on or "–") + (", overdue" if mode.overdue(today) else "")) for mode in found]


def rate_rows(found: Iterable[Rate]) -> list[tuple[str, ...]]:
    """One line of text for each month or version: which, and RATE_COLUMNS."""
    return [(one.value, share_words(one.rate), f"{one.passes:,} of {one.n:,}{', few' if one.small else ''}")
            for one in found]


def overview_rows(found: Iterable[Ranked], today: date) -> Iterator[dict[str, Any]]:
    """The overview as rows of COLUMNS, for a file."""
    for mode in found:
        yield dict(zip(COLUMNS, (
            mode.rank, mode.name, mode.fails, mode.share.value, mode.share.low, mode.share.high, mode.impact,
            round(mode.weight, 4), mode.status, mode.decision, mode.owner, mode.due_on,
            "yes" if mode.overdue(today) else "no", mode.tests, mode.kind, mode.definition), strict=True))


def page_rows(page: ModePage) -> Iterator[dict[str, Any]]:
    """One failure mode as rows of PAGE_COLUMNS, for a file: its figures, trends, clusters, and what was said."""
    mode = page.mode
    yield _row("share of coded fails", mode.name, mode.fails, page.coded, mode.share, mode.definition)
    yield _row("share of labelled traces", mode.name, round((page.rate.value or 0) * page.labelled), page.labelled,
               page.rate, f"{why_of(page)} {at_least(page)}".strip())
    for part, found in (("month", page.months), ("system version", page.versions)):
        for one in found:
            yield _row(part, one.value, one.passes, one.n, one.rate)
    for one in page.clusters:
        yield _row(one.dimension, one.value, one.k, one.n, one.share, one.reading)
    for name in ("status", "impact", "kind", "decision", "owner", "due_on"):
        yield _row("decision", name.replace("_on", ""), note=getattr(mode, name) or "")
    for critique in page.critiques:
        yield _row("critique", critique.trace, note=critique.text)
    for part, texts in (("fix", page.fixes), ("insight", page.insights)):
        for text in texts:
            yield _row(part, mode.name, note=text)


def _row(part: str, name: str, k: int | None = None, n: int | None = None, figure: Figure = Figure(None),
         note: str = "") -> dict[str, Any]:
    return dict(zip(PAGE_COLUMNS, (part, name, k, n, figure.value, figure.low, figure.high, note), strict=True))


def overview_markdown(title: str, found: Iterable[Ranked], today: date, link: str = "") -> str:
    """The overview as Markdown: one table, in the order in which to look; `link` leads to the page itself."""
    return (f"# What to fix first: {cell(title)}\n\n{today.isoformat()}, by frequency × impact; shares are of the "
            f"coded fails, with 95 % intervals.\n\n{table(OVERVIEW_COLUMNS, overview_lines(found, today))}\n"
            + f"\n{link}\n" * bool(link))


def page_markdown(page: ModePage, today: date, link: str = "",
                  of_trace: Callable[[str], str] = lambda trace: "") -> str:
    """One failure mode as Markdown, ready to be sent or printed.

    `link` leads to the page itself, `of_trace` makes the address of a trace by its id; "" where nobody knows it.
    """
    mode = page.mode
    marks = "".join(f"**{mark}** · " for mark in mode.marks(today))
    parts = [f"# {cell(mode.name)}", cell(mode.definition) or "No definition yet.",
             f"{marks}{today.isoformat()} · labels of {cell(page.expert)}", link, "## How often", *_how_often(page),
             *_tables(page), "## What the expert said",
             *(f"{quote(critique.text)}\n\nTrace {cell(critique.trace)}{_at(of_trace(critique.trace))}"
               for critique in page.critiques),
             "## Example traces", "\n".join(f"- {cell(trace)}: {cell(text[:200])}{_below(of_trace(trace))}"
                                            for trace, text in page.examples),
             "## Decision", "\n".join(f"- {name}: {cell(value)}" for name, value in decided(mode))]
    for title, texts in (("Fixes", page.fixes), ("Insights", page.insights)):
        if texts:
            parts += [f"## {title}", "\n".join(f"- {cell(text)}" for text in texts)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _at(address: str) -> str:
    # Not as a link of Markdown: an e-mail or a ticket shows the address, and makes a link of it by itself.
    return f": {address}" if address else ""


def _below(address: str) -> str:
    return f"  \n  {address}" if address else ""


def _how_often(page: ModePage) -> list[str]:
    return [f"- {page.mode.fails:,} of {counted(page.coded, 'coded fail')}: {share_words(page.mode.share)}"
            + (f"; {counted(page.uncoded, 'fail')} not coded yet" if page.uncoded else "") + "\n"
            f"- Of all labelled traces: {share_words(page.rate)}; {cell(why_of(page))}", at_least(page)]


def _tables(page: ModePage) -> Iterator[str]:
    for title, found in (("By month", page.months), ("By system version", page.versions)):
        if len(found) > 1:
            yield f"## {title}"
            yield table((title.removeprefix("By "), *RATE_COLUMNS), rate_rows(found))
    if page.clusters:
        yield "## Where it clusters"
        yield table(CLUSTER_COLUMNS, cluster_rows(page.clusters))


def decided(mode: Ranked) -> list[tuple[str, str]]:
    """What was decided, as (name, value) pairs of words."""
    return [("decision", mode.decision or "none yet"), ("status", mode.status), ("impact", mode.impact),
            ("kind", mode.kind or "not said"), ("owner", mode.owner or "nobody"), ("due", mode.due_on or "no date"),
            ("tests", f"{mode.tests:,}" if mode.tests else "none")]
