"""From fails to failure modes in one flow: words on each fail, groups of them, and the names of every fail."""


from lib.store import Store
from lib.ui import frame
from lib.ui.errors import codes, groups, notes
from lib.workflow.errors import naming
from lib.workflow.errors.naming import CODES, GROUPS, NOTES

_PARTS = {NOTES: notes.page, GROUPS: groups.page, CODES: codes.page}


def page(store: Store) -> None:
    """The part that is looked at: at first the one that waits."""
    found = naming.naming(store)
    if found is None or not (found.said.fails or found.modes or found.waiting):
        frame.empty("No fail yet", "Failure modes are names for why a trace failed: review some traces first.",
                    "review", "Review traces")
        return
    part = frame.view("naming", *_PARTS, name="part", first=found.next)
    _PARTS[part](store)
