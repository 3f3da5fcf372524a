"""Which failure mode a word of an address means: its number, its name, or a name that it had before."""

from lib.store.database import Store


def meant(store: Store, word: str) -> int | None:
    """The row of the failure mode, whatever became of it; None where no such number or name was ever in the project."""
    number = int(word) if word.isdecimal() and len(word) < 19 else None
    return store.value("""
        select coalesce(
            (select id from failure_modes where project = :project and id = :number),
            (select id from failure_modes where project = :project and name = :word),
            (select f.id from failure_mode_events h join failure_modes f on f.id = h.failure_mode
                where f.project = :project and h.kind = 'renamed' and h.detail ->> '$.before' = :word
                order by h.id desc limit 1))""", number=number, word=word)
