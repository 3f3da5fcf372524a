"""Special judges, whose one criterion is a failure mode: how one is made.

What such a judge is measured on is in judge_labels.py; which judges are special is said where judges are.
"""

from lib.records import UsageError
from lib.store.database import Store
from lib.store.errors import mode_decisions
from lib.store.judge import judges


def add(store: Store, name: str, mode: str, reason: str = "") -> int:
    """The row of a new judge for this failure mode; UsageError where there is a judge of this name."""
    with store.transaction():
        if name.strip() in judges.every(store, archived=True):
            raise UsageError(f"There is a judge '{name.strip()}' already: give this one another name.")
        key = judges.add(store, name)
        store.execute("update judges set failure_mode = :mode, reason = :reason where id = :key and project = :project",
                      key=key, mode=mode_decisions.get(store, mode).key, reason=reason.strip())
    return key
