"""What endpoints' answers have taught of their models, kept between runs; another program's update may change it."""

import json
from typing import Any

from lib.store.database import Store

DAYS = 7  # after so many it is asked anew as the prompt version says


def of(store: Store, address: str) -> dict[str, dict[str, Any]]:
    """Of each model at this address what is known, as plain data; nothing that is older than DAYS."""
    return {model: json.loads(habits) for model, habits in store.rows(
        """select model, habits from endpoint_habits where address = :address
            and julianday('now') - julianday(noted_at) < :days""", address=address, days=DAYS)}


def note(store: Store, address: str, model: str, habits: dict[str, Any]) -> None:
    """Keeps what is known of a model now, in place of what was."""
    store.execute("""insert into endpoint_habits (address, model, habits) values (:address, :model, :habits)
        on conflict (address, model) do update set habits = excluded.habits,
            noted_at = strftime('%Y-%m-%dT%H:%M:%fZ')""",
                  address=address, model=model, habits=json.dumps(habits))
