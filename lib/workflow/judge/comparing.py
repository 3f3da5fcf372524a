"""What an edit did: two runs of a judge, or of two judges, compared by the labels of one expert."""

from lib.records import UsageError
from lib.records.words import counted
from lib.statistics.comparison import Comparison, Row, compared
from lib.store import Store
from lib.store.judge import comparisons, judges, runs
from lib.workflow.figures import expert_named
from lib.workflow.judge import noise


def compare(store: Store, first_run: int, second_run: int, expert: str | None = None,
            every: bool = False) -> Comparison:
    """The second run against the first on the traces both judged and the expert (default: the principal) labelled.

    Fixed: the first disagreed with the expert and the second agrees; broken: the reverse. Errors count as neither.
    A flip is within the noise where either version, asked the same again, contradicts itself.
    """
    first, second = runs.get(store, first_run), runs.get(store, second_run)
    criteria = judges.special(store)
    if criteria.get(first.judge, "")[:1] != criteria.get(second.judge, "")[:1]:
        raise UsageError("These judges do not have the same criterion: what one passes, the other may have to fail.")
    person = expert_named(store, expert)
    found = comparisons.rows(store, first.id, second.id, person, every)
    if not found and (sealed := comparisons.sealed(store, first.id, second.id, person, every)):
        sealed_ones = counted(sealed, "labelled trace that both judged is", "labelled traces that both judged are")
        raise UsageError(f"{sealed_ones} of the sealed test split: run both on dev, and open the test split for the "
                         "one that is left.")
    if not found:
        raise UsageError(f"Runs {first.id} and {second.id} have no trace in common with a label of {person} that "
                         "counts: run both on the same labelled traces.")
    return compared((Row(*row) for row in found), _within_noise(store, first.id, second.id))


def _within_noise(store: Store, *numbers: int) -> frozenset[str] | None:
    found = [noise.of(store, number) for number in numbers]
    return frozenset().union(*(one.noisy for one in found)) if any(one.repeated for one in found) else None
