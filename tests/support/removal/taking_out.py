"""Labels or verdicts out of a file, by the only path there is; for tests that need a file without them."""

from lib.store import Store
from lib.store.removal import clearing


def take_out(store: Store, table: str, where: str, **values: object) -> None:
    """Takes out the rows of a table (labels, verdicts) that a condition in SQL names, without counting anything."""
    with store.transaction():
        store.execute(f"insert into leaving select '{table}', id from {table} where {where}", **values)
        clearing.clear(store)
