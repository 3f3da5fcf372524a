"""The fixes as one record: those there are, and the one that is read with what it did and what is missing."""

from dataclasses import dataclass

from lib.store import Store, experts
from lib.store.dataset import systems, traces
from lib.store.errors import fixes as stored
from lib.store.errors import mode_decisions
from lib.store.errors.fixes import Fix
from lib.workflow.errors import fixing
from lib.workflow.errors.fixing import Effect


@dataclass(frozen=True)
class Read:
    """The fix that is read: its failure modes by number, and where a version carries it what came of that."""

    fix: Fix
    modes: dict[str, str]
    effect: Effect | None
    set_up: bool  # the version can be asked here
    missing: str  # before it is verified, in words

    @property
    def loose(self) -> int:
        """Answers that nobody has looked at and that wait in no queue."""
        rows = self.effect.rows if self.effect else ()
        return sum(one.answer is not None and one.after is None and not one.waits for one in rows)


@dataclass(frozen=True)
class Fixes:
    """What a fix may be of, which versions may carry it, the fixes (of one failure mode), and the one that is read."""

    modes: tuple[str, ...]
    versions: tuple[str, ...]
    listed: tuple[Fix, ...]
    read: Read | None


@dataclass(frozen=True)
class Material:
    """How many fails and passes a fix of these failure modes may be tried on."""

    fails: int
    passes: int


def of(store: Store, mode: str | None = None, wanted: str | None = None) -> Fixes | None:
    """The fixes, newest first, and the wanted one by its number, else the newest; None where nothing may be fixed."""
    modes = tuple(one.name for one in mode_decisions.every(store))
    if not modes or experts.principal(store) is None:
        return None
    set_up = [system.version for system in systems.every(store)]
    listed = tuple(fixing.listed(store, mode))
    chosen = next((fix for fix in listed if str(fix.id) == wanted), listed[0] if listed else None)
    return Fixes(modes, tuple(dict.fromkeys([*set_up, *traces.system_versions(store)])), listed,
                 _read(store, chosen, set_up) if chosen else None)


def _read(store: Store, fix: Fix, set_up: list[str]) -> Read:
    effect = fixing.effect(store, fix.id) if fix.system_version else None
    return Read(fix, fixing.modes_of(store, fix), effect, fix.system_version in set_up,
                fixing.unread_words(effect) if effect else "")


def material(store: Store, modes: list[str]) -> Material:
    """What a fix of these failure modes may be tried on."""
    person = experts.principal(store)
    fails = stored.fails_with(store, person.name, modes) if modes and person else []
    return Material(len(fails), len(stored.passes_beside(store, person.name, fails)) if fails else 0)
