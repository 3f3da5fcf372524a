"""Ways traces differ, the values of each, and what stands at a place of the coverage map."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DimensionValue:
    """One value of a dimension: what it means, and a worked example where one helps."""

    name: str
    description: str = ""
    example: str = ""
    retired: bool = False


@dataclass(frozen=True)
class Dimension:
    """A way traces differ (feature, scenario, persona, or the team's own) with its values.

    What is retired keeps its traces and is offered no more.
    """

    name: str
    description: str = ""
    values: tuple[DimensionValue, ...] = ()
    retired: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands at one place of the coverage map: counts of traces, and how far a judge agrees there."""

    row: str
    column: str
    inputs: int = 0
    answered: int = 0
    reviewed: int = 0
    failed: int = 0
    pairs: int = 0
    agreeing: int = 0
