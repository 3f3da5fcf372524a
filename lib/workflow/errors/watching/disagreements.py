"""What of a watch the expert should look at: a few traces a day on which checks disagree, or a fail like none before.

They are drawn by an outcome, and marked so: no rate counts their labels, and the verdicts on them go on counting.
"""

from itertools import chain, zip_longest

from lib.records.words import counted
from lib.sampling import near, queues
from lib.sampling.queues import QueueItem
from lib.store import Store, experts
from lib.store.errors import assertions
from lib.store.errors.watching import disagreeing
from lib.store.errors.watching.watches import Watch
from lib.store.review import draws
from lib.store.review import queues as stored
from lib.workflow.errors import checking
from lib.workflow.errors.watching import alarms

MOST_A_DAY = 5  # of each watch, UTC
ENOUGH = 20  # critiques of fails, before one can be unlike all of them
UNLIKE = 0.52  # likeness to the nearest earlier critique; of 150 real critiques of fails 2 % lie below it


def queue(store: Store, watch: Watch) -> str:
    """Queues the disagreements of a watch for the principal expert, bounded by the day; returns what is to be said."""
    check_outputs(store)
    of, days = alarms.same_judge(store, watch), watch.settings.days
    room = MOST_A_DAY - disagreeing.queued_today(store, watch.signature)
    found = {queues.WATCHED_CHECK: disagreeing.with_assertions(store, watch.key, of, days),
             queues.WATCHED_JUDGES: disagreeing.with_judges(store, watch.key, of, days),
             queues.WATCHED_NEW: unlike(store, watch.key, of, days)} if of else {}
    all_of = {key for keys in found.values() for key in keys}
    if not all_of:
        return ""
    person = experts.principal(store)
    if person is None:
        return (f"{counted(len(all_of), 'disagreement')} not queued: this project has no expert yet. Name one in "
                "Settings, Experts.")
    chosen = _in_turn(found)[:max(0, room)]
    if chosen:
        _keep(store.by(None, watch.signature), person.name, chosen)
    left = len(all_of) - len(chosen)
    return (f"{counted(len(chosen), 'disagreement')} queued for {person.name}"
            + (f", {left:,} left for other days: at most {MOST_A_DAY} a day." if left else "."))


def check_outputs(store: Store) -> None:
    """Tries every assertion in use on the outputs it has not seen; one that was stopped waits for a word."""
    tallies = assertions.tallies(store)
    for one in assertions.every(store):
        if tallies[one.key].waiting and not checking.waits_for_a_word(one, tallies[one.key]):
            checking.run(store, one)


def unlike(store: Store, watch: int, of: list[int], days: int) -> list[int]:
    """Fails whose critique is like no earlier one's, the least like first; none while there are few to compare with."""
    fails = disagreeing.fails(store, watch, of, days)
    if not fails:
        return []
    known = disagreeing.earlier_critiques(store, of, fails[0][1])
    nearest = near.Seen(known).nearest([critique for _, _, critique in fails])
    found = [(one.likeness, trace) for place, ((trace, _, _), one) in enumerate(zip(fails, nearest, strict=True))
             if one and len(known) + place >= ENOUGH and one.likeness < UNLIKE]
    return [trace for _, trace in sorted(found)]


def _in_turn(found: dict[str, list[int]]) -> list[tuple[int, str]]:
    """One of each kind after the other, each trace once."""
    turns = chain.from_iterable(zip_longest(*([(key, kind) for key in keys] for kind, keys in found.items())))
    once: dict[int, str] = {}
    for turn in turns:
        if turn is not None:
            once.setdefault(*turn)
    return list(once.items())


def _keep(store: Store, person: str, chosen: list[tuple[int, str]]) -> None:
    names = draws.ids(store, [key for key, _ in chosen])
    mix = {kind: 1.0 for _, kind in chosen}
    stored.create(store, mix, [QueueItem(names[key], kind, queues.unbiased(kind), position=place, expert=person)
                               for place, (key, kind) in enumerate(chosen, 1)], 0)
