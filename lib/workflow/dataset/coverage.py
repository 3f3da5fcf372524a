"""Step 2, the map: what is covered by two dimensions, how much of all combinations, and a template to begin with."""

from dataclasses import dataclass

from lib.records import Cell, Dimension, DimensionValue, Figure
from lib.sampling import combinations
from lib.statistics.metrics import wilson
from lib.store import Store
from lib.store.dataset import coverage, dimensions
from lib.store.dataset.traces import Filter, listing
from lib.store.judge import runs

# Kinds of the article's own example, described in our words: to be edited, not to be believed.
TEMPLATE = (
    Dimension("feature", "What the product does", (
        DimensionValue("search", "Find something by what it is like"),
        DimensionValue("summary", "Say in short what a long text holds"),
        DimensionValue("order status", "Where an order is and when it comes"))),
    Dimension("scenario", "A situation the AI has to handle, whether it answers well or not", (
        DimensionValue("one match", "Exactly one thing fits", "Where is my order 1042? (there is one)"),
        DimensionValue("several matches", "More than one thing fits", "Call Anna. (there are three)"),
        DimensionValue("no match", "Nothing fits", "Find the red lamp. (there is none)"),
        DimensionValue("missing information", "What is needed was not said", "Book the meeting. (when?)"),
        DimensionValue("unsupported request", "The product cannot do it", "Cancel my neighbour's order."))),
    Dimension("persona", "Kinds of users", (
        DimensionValue("new user", "First days, does not know the words of the product"),
        DimensionValue("expert user", "Short, precise, wants no explanation"),
        DimensionValue("not a native speaker", "Simple words, sometimes the wrong ones"),
        DimensionValue("in a hurry", "Few words, typing errors, several things at once"))),
)


@dataclass(frozen=True)
class CoverageMap:
    """Two dimensions as a grid: every cell, empty and impossible ones included."""

    row: str
    column: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    impossible: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Covered:
    """How many of the possible combinations of some dimensions have a trace."""

    dimensions: tuple[str, ...]
    covered: int
    possible: int
    share: Figure


@dataclass(frozen=True)
class CoverageView:
    """All that the view shows: the map, the cells covered on it, and the combinations of all dimensions covered."""

    map: CoverageMap
    pair: Covered
    whole: Covered
    never: tuple[dict[str, str], ...]


def look(store: Store, names: list[str], row: str, column: str, rest: dict[str, str] | None = None,
         judge: str | None = None) -> CoverageView:
    """The map of two of these dimensions with its shares, and what is marked impossible."""
    return CoverageView(grid(store, row, column, rest, judge), covered(store, [row, column]), covered(store, names),
                        tuple(coverage.impossible(store)))


def start_from_template(store: Store) -> None:
    """Features, scenarios and personas with sample values, where the project has no dimension of that name."""
    known = {dimension.name for dimension in dimensions.described(store, retired=True)}
    with store.transaction():
        for dimension in TEMPLATE:
            if dimension.name not in known:
                dimensions.add(store, dimension.name, dimension.description)
                for value in dimension.values:
                    dimensions.put_value(store, dimension.name, value)


def grid(store: Store, row: str, column: str, rest: dict[str, str] | None = None,
         judge: str | None = None) -> CoverageMap:
    """The map of two dimensions, narrowed by values of others; a judge's newest run brings agreement."""
    known = {dimension.name: tuple(value.name for value in dimension.values)
             for dimension in dimensions.described(store)}
    run = runs.newest(store, judge) if judge else None
    cells = coverage.cells(store, row, column, rest, run.id if run else None)
    found = {(cell.row, cell.column): cell for cell in cells}
    never = coverage.impossible(store)
    places = [(one, other) for one in known[row] for other in known[column]]
    return CoverageMap(
        row, column, known[row], known[column],
        {place: found.get(place, Cell(*place)) for place in places},
        frozenset(place for place in places
                  if not combinations.possible({**(rest or {}), row: place[0], column: place[1]}, never)))


def covered(store: Store, names: list[str]) -> Covered:
    """Of the possible combinations of these dimensions, how many have a trace."""
    choices = _choices(store, names)
    counts = coverage.combination_counts(store, names)
    never = coverage.impossible(store)
    have = sum(all(value in choices[name] for name, value in made.items()) and combinations.possible(made, never)
               for made in (dict(zip(names, found, strict=True)) for found in counts))
    possible = combinations.count(choices, never)
    return Covered(tuple(names), have, possible, wilson(have, possible, "no combination is possible"))


def _choices(store: Store, names: list[str]) -> dict[str, tuple[str, ...]]:
    known = {dimension.name: tuple(value.name for value in dimension.values)
             for dimension in dimensions.described(store)}
    return {name: known[name] for name in names}


def give(store: Store, dimension: str, value: str, where: Filter) -> int:
    """Puts a value on every trace a filter leaves, in place of what they had; returns how many."""
    found = [row["trace_id"] for row in listing(store, where, limit=-1)]
    return dimensions.give(store, dimension, value, found)
