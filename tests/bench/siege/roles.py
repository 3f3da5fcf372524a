"""Each role × each verb that writes, on a real file: done, or refused in a sentence with nothing changed in it."""

import os
from collections.abc import Iterator

from lib.records.people import EXPERT, ROLES
from tests.support.siege import Line, Siege, Watch
from tests.support.steps import close_files
from tests.support.writes import ENVIRONMENT, SECOND, VERBS, Tried, Verb, World, build, tried

LIMIT = 420  # seconds
STRANGER = "boss"  # a role that nobody knows


def rows(siege: Siege) -> Iterator[Line]:
    """Every role of the table and one that is none, then what is the principal's alone in the hands of another."""
    watch, verbs = Watch(), siege.spread(list(VERBS))
    os.environ |= ENVIRONMENT
    world = build(siege.folder / "world.db")
    for role in (*ROLES, STRANGER):
        found = [(verb, _tried(siege, world, verb, role)) for verb in verbs]
        wrong = [verb.name for verb, seen in found if not _as_it_should(verb, role, seen)]
        done = sum(seen.changed for _, seen in found)
        may = sum(verb.may(role) for verb in verbs) if role in ROLES else 0
        yield watch.line(f"{'a role that is not known' if role == STRANGER else role} × every write",
                         f"{len(verbs)} verbs", f"{may} done, {len(verbs) - may} refused with nothing changed",
                         f"{done} done, {len(verbs) - done} refused" + (f"; wrong: {wrong[:3]}" if wrong else ""),
                         not wrong)
    own = [verb for verb in verbs if verb.principal]
    seen = [_tried(siege, world, verb, EXPERT, SECOND) for verb in own]
    let = [verb.name for verb, one in zip(own, seen, strict=True) if one.changed or not one.refusal]
    yield watch.line("what is the principal's alone, by another expert", f"{len(own)} verbs",
                     "all refused with nothing changed", f"{len(own) - len(let)} refused"
                     + (f"; wrong: {let[:3]}" if let else ""), not let)


def _as_it_should(verb: Verb, role: str, seen: Tried) -> bool:
    if role in ROLES and verb.may(role):
        return seen.changed and not seen.refusal
    return bool(seen.refusal) and not seen.changed


def _tried(siege: Siege, world: World, verb: Verb, role: str, name: str | None = None) -> Tried:
    """Tries it on a copy of its own, which is taken away again."""
    if role == STRANGER:
        name = "Ann"
    found = tried(world, verb, role, siege.folder, name)
    close_files()
    for file in siege.folder.glob("*.db*"):
        if not file.name.startswith("world."):
            file.unlink()
    return found
