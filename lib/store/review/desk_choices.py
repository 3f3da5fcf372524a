"""What one expert has chosen to see at the desk of one project; the desk asks the one question where nothing is."""

from lib.store import experts
from lib.store.database import Store


def ticks_modes(store: Store, expert: str) -> bool:
    """Whether this expert ticks failure modes at the desk, once a label is stored as fail."""
    return bool(store.value("""select c.failure_modes from desk_choices c join experts e on e.id = c.expert
        where e.project = :project and e.name = :expert""", expert=expert))


def set_ticks_modes(store: Store, expert: str, on: bool) -> None:
    """Keeps whether this expert ticks failure modes at the desk."""
    experts.check_own(store, expert, "chooses what the desk shows")
    with store.transaction():
        store.execute("""insert into desk_choices (expert, failure_modes) values (:person, :on)
            on conflict do update set failure_modes = excluded.failure_modes""",
                      person=experts.add(store, expert), on=on)
