"""The files that the screens are measured on: what make run opens, the examples, an engineer's."""

import re
from dataclasses import dataclass
from pathlib import Path

from lib.store import Store, open_store
from lib.workflow.dataset import exchange
from tests.support import HOUSE
from tests.support.browser import App
from tests.support.screens import projects


@dataclass(frozen=True)
class World:
    """Three servers: the file that `make run` opens, both examples without an endpoint, and a project with one."""

    first: App
    plain: App
    work: App
    made: dict[str, int]
    store: Store

    def servers(self) -> dict[str, tuple[App, int]]:
        """(server, project) by the name that a spot gives it."""
        return {"first": (self.first, 1), "work": (self.work, self.store.project),
                "judged": (self.plain, self.made[projects.JUDGED]), "failed": (self.plain, self.made[projects.FAILED]),
                "empty": (self.plain, self.made[projects.EMPTY])}


def first_file(path: Path) -> Path:
    """The file as `make run` begins it, in the version that this is run on."""
    [name] = re.findall(r"init --example (\w+)", (HOUSE / "Makefile").read_text())
    exchange.open_example(open_store(path), name)
    return path

