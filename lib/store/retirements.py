"""The days on which providers shut models down, as their lists of models said when they were last seen."""

from collections.abc import Iterable

from lib.store.database import Store


def note(store: Store, address: str, listed: Iterable[tuple[str, str | None]]) -> None:
    """Keeps what an address listed: (model, its day or None). A day that was taken back goes; a model not listed stays.

    Nothing is written where nothing is new, for models are listed often.
    """
    found = dict(listed)
    known = {model: day for (where, model), day in every(store).items() if where == address}
    new = [{"address": address, "model": model, "day": day} for model, day in found.items()
           if day and known.get(model) != day]
    gone = [{"address": address, "model": model} for model in known if model in found and not found[model]]
    if not new and not gone:
        return
    with store.transaction():
        store.execute_many("""insert into model_retirements (address, model, shutdown_date)
            values (:address, :model, :day) on conflict (address, model) do update
            set shutdown_date = excluded.shutdown_date, seen_at = strftime('%Y-%m-%dT%H:%M:%fZ')""", new)
        store.execute_many("delete from model_retirements where address = :address and model = :model", gone)


def every(store: Store) -> dict[tuple[str, str], str]:
    """(address, model) -> the day, as the provider wrote it; '' is the address of the embedded model."""
    return {(row[0], row[1]): row[2] for row in store.rows(
        "select address, model, shutdown_date from model_retirements order by address, model")}
