"""What a run of a cascade will ask: the first judge of each trace, the second one of those in the band."""

from dataclasses import dataclass

from lib.engine import runner
from lib.records import PromptVersion
from lib.records.decision import FIRST, SECOND
from lib.store import Store
from lib.store.judge.reuse import Asked, halves


@dataclass(frozen=True)
class Expected:
    """Traces that each judge will be asked of, as far as can be told, and how many need no call."""

    first: tuple[int, ...]
    second: int
    free: int
    then_model: str


def expected(store: Store, version: PromptVersion, asked: Asked, keys: list[int], anew: bool = False) -> Expected:
    """For a run on these traces; where the first judge has said nothing yet, that share of dev is expected."""
    both = halves.asked(version, runner.models_of(version, asked.model, asked.endpoint), asked.endpoint, asked.address,
                        asked.leave_one_out)
    one, two = ({} if anew else halves.known(store, halves.runs_of(store, both[half]), keys)
                for half in (FIRST, SECOND))
    first = tuple(key for key in keys if key not in one)
    surely = sum(version.cascade.asks(p) and key not in two for key, p in one.items())
    return Expected(first, surely + round((1 - version.cascade.share) * len(first)), len(one) - surely,
                    both[SECOND].model)
