"""The project on one page, for whoever decides: pass rate over time, what to fix first, and how far to trust the judge.

Every figure is one that a page of the app shows; what is missing is said.
"""

from dataclasses import dataclass
from datetime import date

from lib.records import Counts, Figure, UsageError
from lib.records.words import counted
from lib.statistics.metrics import (
    METRICS,
    few,
    format_beside,
    format_ends,
    format_figure,
    format_interval,
    format_of,
    others,
)
from lib.statistics.mode_pages import Critique, Ranked, share_words
from lib.store import Store, cycles, experts, projects
from lib.store.errors import mode_facts
from lib.store.judge import decisions
from lib.workflow import figures
from lib.workflow.addresses import Link, nowhere
from lib.workflow.errors import over_time, what_to_fix
from lib.workflow.errors.over_time import OverTime
from lib.workflow.figures import Agreement, Standing
from lib.writers import page

# As much as one page of paper holds.
MOST_MODES, MOST_CRITIQUES, MOST_JUDGES, MOST_POINTS = 4, 2, 4, 18
_LONGEST = 240  # characters of a critique
_FIGURES = ("agreement", "tpr", "tnr", "kappa")


@dataclass(frozen=True)
class Report:
    """All that the report says of a project."""

    project: str
    question: str
    expert: str | None
    read: int  # traces that people have read
    today: date
    rates: OverTime | None  # by month; None where nobody has labelled
    modes: list[tuple[Ranked, list[Critique]]]  # the first, with what the expert said of them
    left_out: int  # failure modes after these
    uncoded: int  # fails that nobody has looked through for failure modes
    judges: list[Standing]
    target: float


def report(store: Store, today: date | None = None) -> Report:
    """Everything the report says, as the pages say it today."""
    person, project = experts.principal(store), projects.current(store)
    ranked = what_to_fix.ranking(store)
    first = [(mode, _said(store, person and person.name, mode)) for mode in ranked[:MOST_MODES]]
    return Report(project.name, project.question, person and person.name, cycles.read(store, None),
                  today or cycles.today(), _rates(store) if person else None, first, len(ranked) - len(first),
                  figures.modes(store).uncoded, figures.standing(store)[:MOST_JUDGES], decisions.target(store))


def _said(store: Store, expert: str | None, mode: Ranked) -> list[Critique]:
    return what_to_fix.best(mode_facts.fails(store, expert, mode.name))[:MOST_CRITIQUES] if expert else []


def _rates(store: Store) -> OverTime | None:
    try:
        return over_time.series(store, "month")
    except UsageError:
        return None


def as_html(found: Report, link: Link = nowhere) -> bytes:
    """The report as one file that any browser opens, prints, and saves as PDF."""
    said = f"{found.today.isoformat()} · {counted(found.read, 'trace')} read by a person" + (
        f" · pass and fail by {found.expert}" if found.expert else "")
    return page.document(f"{found.project}: report of {found.today.isoformat()}", [
        page.heading(found.project, 1, link("")), page.paragraph(found.question), page.paragraph(said, quiet=True),
        *_over_time(found), *_what_to_fix(found, link), *_judges(found, link)])


def _over_time(found: Report) -> list[str]:
    rates = found.rates
    if rates is None or not rates.overall.n:
        return [page.heading("Pass rate"), page.paragraph("Nobody has labelled a trace yet.")]
    whole = others(rates.overall.rate)
    head = (f"{format_figure('rate', whole)}{format_beside('rate', whole, rates.overall.n)}, "
            f"{format_interval('rate', whole)}, from {rates.source_text}.")
    points = [page.Point(point.name, rate.value, rate.low, rate.high, point.cell.n) for point in rates.points
              if (rate := others(point.cell.rate)).value is not None][-MOST_POINTS:]
    words = "; ".join(f"{point.name} {point.share:.0%} of {point.n:,}" for point in points)
    changed = [f"{point.name}: {over_time.words(point.change)}." for point in rates.changed]
    return [page.heading("Pass rate"), page.paragraph(head), page.shares(points, f"Pass rate by month: {words}"),
            page.paragraph("By month, n on top, lines are 95 % intervals. " + (
                " ".join(changed) or over_time.steady(rates)) if points else over_time.NO_POINT["month"], quiet=True),
            page.paragraph("; ".join(over_time.left_out(rates)), quiet=True)]


def _what_to_fix(found: Report, link: Link) -> list[str]:
    pieces = [page.heading("What to fix first", 2, link("errors", view="What to fix"))]
    for mode, critiques in found.modes:
        pieces += [
            page.heading(f"{mode.rank}. {mode.name}", 3, link("errors", view="Failure modes", mode=str(mode.key))),
            page.paragraph(f"{counted(mode.fails, 'fail')}, {share_words(mode.share)} of the coded ones · "
                           + _decided(mode, found)),
            page.paragraph(mode.definition, quiet=True),
            *(page.quotation(_short(one.text), f"{found.expert}, trace {one.trace}") for one in critiques)]
    more = counted(found.left_out, "more failure mode is", "more failure modes are")
    left = [f"{more} in the app." if found.left_out else "",
            f"{counted(found.uncoded, 'fail')} not named yet." if found.uncoded else ""]
    none = "" if found.modes else "No failure mode is named yet."
    return [*pieces, page.paragraph(" ".join(filter(None, [none, *left])), quiet=bool(found.modes))]


def _decided(mode: Ranked, found: Report) -> str:
    return ", ".join([f"impact {mode.impact}", mode.status, mode.decision or "no decision yet",
                      mode.owner or "nobody's", f"due {mode.due_on}" if mode.due_on else "no date",
                      *mode.marks(found.today)])


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"


def _judges(found: Report, link: Link) -> list[str]:
    measured = [(standing.judge, *_figures(standing.agreement)) for standing in found.judges
                if standing.agreement and standing.agreement.counts.n]
    return [page.heading("The judge, and how far to trust it", 2, link("judge")),
            page.table(("judge", *(METRICS[name].label for name in _FIGURES)), measured),
            *(page.paragraph(f"{standing.judge}: {_trust(standing, found.target)}") for standing in found.judges),
            page.paragraph("" if found.judges else "There is no judge yet.")]


def _trust(standing: Standing, target: float) -> str:
    """How far, in words: not at all before it was measured, provisionally, or as its interval says."""
    found = standing.agreement
    if found is None or not found.counts.n:
        return f"Not to be trusted yet: {standing.why}"
    short = [METRICS[name].label for name in ("tpr", "tnr") if (low := found.figures[name].low) is None or low < target]
    if found.provisional:
        return found.provisional
    if short:
        return (f"Not shown to hold the target of {target:.0%}: the interval of {' and '.join(short)} begins below it. "
                "Have a person check what it decides.")
    return f"It holds the target of {target:.0%} on both kinds of traces, also at the lower end of the intervals."


def _figures(found: Agreement) -> list[str]:
    """Each figure with what it is of, and its interval, in a cell."""
    return [_figure(name, found.figures[name], found.counts) for name in _FIGURES]


def _figure(name: str, figure: Figure, counts: Counts) -> str:
    if name == "kappa" and figure.value is not None and few(figure):  # as on the bench
        return f"of {counted(figure.n, 'pair')}: few pairs, {format_figure(name, figure)}"
    return f"{format_figure(name, figure)}{format_of(name, figure, counts)}, {format_ends(name, figure)}"
