"""What models cost, where the user said so: a price per million tokens, read and written. No price is known here."""

import json

from lib.records import UsageError
from lib.store import projects
from lib.store.database import Store

_PREFIX = "price of "


def every(store: Store) -> dict[str, tuple[float, float]]:
    """Each model with its price of a million prompt tokens and of a million completion tokens."""
    rows = store.rows("select name, value from settings where name like 'price of %' order by name")
    return {name.removeprefix(_PREFIX): tuple(json.loads(value)) for name, value in rows}


def put(store: Store, model: str, prompt: float, completion: float) -> None:
    """Stores what a million tokens of a model cost, in the user's own currency."""
    store.check("settings")
    if not model.strip():
        raise UsageError("A price needs the name of a model.")
    if prompt < 0 or completion < 0:
        raise UsageError("A price cannot be below 0.")
    projects.set_setting(store, _PREFIX + model.strip(), json.dumps([prompt, completion]))


def forget(store: Store, model: str) -> None:
    """Takes a price away: its cost is a dash again."""
    projects.set_setting(store, _PREFIX + model.strip(), None)


def cost(store: Store, spent: list[tuple[str, int, int, int]]) -> float | None:
    """What (model, replies, prompt tokens, completion tokens) cost; None where a model has no price."""
    known = every(store)
    if not all(model in known for model, *_ in spent):
        return None
    return sum((prompt * known[model][0] + completion * known[model][1]) / 1_000_000
               for model, _, prompt, completion in spent)
