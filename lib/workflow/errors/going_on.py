"""Fix before you build a judge: whether that is so, and the written reason of who goes on all the same."""

from dataclasses import dataclass

from lib.records import UsageError
from lib.store import Store
from lib.store.errors import going_on
from lib.store.errors.going_on import GoingOn
from lib.workflow.errors import fixing


@dataclass(frozen=True)
class Standing:
    """What is so common that mending it comes first, a sentence for each, and the reason that stands against it."""

    said: str  # "" where there is nothing
    about: frozenset[str]
    kept: GoingOn | None  # the newest reason, where nothing has become common since

    @property
    def asks(self) -> bool:
        """Whether a reason is missing."""
        return bool(self.said) and self.kept is None


def standing(store: Store) -> Standing:
    """How it stands now. A reason holds until something it did not speak of has become as common."""
    causes, last = fixing.causes(store), going_on.newest(store)
    about = frozenset(causes)
    return Standing(" ".join(causes.values()), about, last if last and about <= last.about else None)


def keep(store: Store, reason: str) -> None:
    """Keeps why somebody goes on all the same; UsageError where nothing asks for it."""
    now = standing(store)
    if not now.said:
        raise UsageError("Nothing is so common that it had to be mended first: no reason is needed.")
    going_on.add(store, now.about, now.said, reason)


def check(store: Store) -> None:
    """UsageError where a reason is missing before a judge is run."""
    now = standing(store)
    if now.asks:
        raise UsageError(f"Fix before you build a judge. {now.said} Write why you go on all the same.")
