"""What to fix first: the failure modes ranked, and all there is to know of one, brought together for the PM."""

from datetime import date

from lib import writers
from lib.prompting import critique_hints
from lib.records import FAIL, UsageError
from lib.records.rating import Tally
from lib.statistics import breakdowns, clusters
from lib.statistics.metrics import share, wilson
from lib.statistics.mode_pages import (
    COLUMNS,
    PAGE_COLUMNS,
    WEIGHTS,
    Critique,
    ModePage,
    Ranked,
    overview_markdown,
    overview_rows,
    page_markdown,
    page_rows,
)
from lib.store import Store, cycles, projects
from lib.store.errors import fixes, insights, mode_decisions, mode_facts
from lib.workflow import figures
from lib.workflow.addresses import Link, nowhere

BEST = 3  # critiques on a page
READ = 400  # characters: long enough to explain, short enough to be read to the end
EXAMPLES = 5
SHOWN = 12  # dimension values


def ranking(store: Store) -> list[Ranked]:
    """The confirmed failure modes by frequency × impact; the same order for the same codes."""
    return _ranked(store, figures.modes(store))


def _ranked(store: Store, distribution: breakdowns.Distribution) -> list[Ranked]:
    counted = {mode.name: mode for mode in distribution.modes}
    nothing = breakdowns.ModeShare("", 0, wilson(0, distribution.coded, "no fail is coded yet"))
    found = []
    for mode in mode_decisions.every(store):
        share, decided = counted.get(mode.name, nothing), mode.decided
        found.append(Ranked(0, mode.name, mode.definition, share.count, share.share, decided.impact, decided.status,
                            decided.kind, decided.decision, decided.owner, decided.due_on, mode.tests, mode.key))
    order = sorted(found, key=lambda mode: (-mode.fails * WEIGHTS[mode.impact], -mode.fails, mode.name))
    return [_at(place, mode) for place, mode in enumerate(order, 1)]


def _at(place: int, mode: Ranked) -> Ranked:
    return Ranked(place, *list(vars(mode).values())[1:])


def page(store: Store, name: str) -> ModePage:
    """All that stands on the page of one failure mode; UsageError where there is none of this name."""
    mode_decisions.get(store, name)
    expert, distribution = figures.principal_name(store), figures.modes(store)
    mode = next(one for one in _ranked(store, distribution) if one.name == name)
    found, fails = mode_facts.counts(store, expert, name), mode_facts.fails(store, expert, name)
    return ModePage(
        mode, expert, distribution.coded, distribution.uncoded,
        share(found.labelled, (0,), (0, 1),
              "no trace that was drawn without looking at its outcome is labelled yet"),
        found.labelled.labelled, found.drawn, found.hidden, breakdowns.by_date(found.months), _in_order(found.versions),
        clusters.clusters(found.values, found.labelled)[:SHOWN], best(fails),
        [(fail.trace, fail.input) for fail in fails[:EXAMPLES]],
        [f"{fix.id}: {fix.title} ({fix.status}{', ' if fix.system_version else ''}{fix.system_version})"
         for fix in fixes.every(store) if name in fix.modes],
        [f"{one.text} ({one.author or 'nobody named'}, {one.created_at[:10]})"
         for one in insights.of_mode(store, name)])


def _in_order(found: list[tuple[str, Tally]]) -> list[breakdowns.Rate]:
    """Their rates, in the order in which the versions came."""
    rates = {rate.value: rate for rate in breakdowns.rate_by(found)}
    return [rates[version] for version, *_ in found]


def best(fails: list[mode_facts.Fail]) -> list[Critique]:
    """The critiques that teach most: the one a person named, those that lack least, of a length that is read."""
    told = {fail.critique.strip(): fail for fail in reversed(fails) if fail.critique.strip()}
    order = sorted(told.values(), key=lambda fail: (
        not fail.best, len(critique_hints.hints(FAIL, fail.critique)), abs(len(fail.critique) - READ), fail.trace))
    return [Critique(fail.trace, fail.critique) for fail in order[:BEST]]


def overview_file(store: Store, ending: str, today: date | None = None, link: str = "") -> bytes:
    """The overview as a file: .md, which holds the link to it, or an ending of WRITERS."""
    today, found = today or cycles.today(), ranking(store)
    if ending == "md":
        return overview_markdown(projects.current(store).name, found, today, link).encode()
    return writers.write(_known(ending), overview_rows(found, today), COLUMNS)


def page_file(store: Store, name: str, ending: str, today: date | None = None, link: Link = nowhere) -> bytes:
    """One failure mode as a file: .md, with the addresses of its page and traces, or an ending of WRITERS."""
    if ending == "md":
        found = page(store, name)
        here = link("errors", view="Failure modes", mode=str(found.mode.key))
        return page_markdown(found, today or cycles.today(), here, lambda trace: link("dataset", trace=trace)).encode()
    return writers.write(_known(ending), page_rows(page(store, name)), PAGE_COLUMNS)


def _known(ending: str) -> str:
    if ending not in writers.WRITERS:
        raise UsageError(f"Files ending in .{ending} cannot be written. Endings: md, {', '.join(writers.WRITERS)}.")
    return ending
