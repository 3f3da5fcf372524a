"""Projects and the file's settings; a project is one AI product with one principal expert."""

from dataclasses import dataclass

from lib.records import UsageError
from lib.store.database import Store

DEFAULT_QUESTION = "Did the AI achieve the desired outcome?"


@dataclass(frozen=True)
class Project:
    """One AI product and the one question the expert answers of it."""

    id: int
    name: str
    question: str


def every(store: Store) -> list[Project]:
    """All projects of the file, oldest first."""
    return [Project(*row) for row in store.rows("select id, name, question from projects order by id")]


def current(store: Store) -> Project:
    """The project this handle is on."""
    row = store.row("select id, name, question from projects where id = :project")
    if row is None:
        raise UsageError("This file holds no project yet: import a file, or open an example.")
    return Project(*row)


def choose(store: Store, name: str | None) -> Store:
    """The handle on the named project; without a name on the oldest, which is made where there is none."""
    found = [project for project in every(store) if name in (None, project.name)]
    if found:
        return store.of(found[0].id)
    if name is not None:
        known = ", ".join(project.name for project in every(store)) or "none yet"
        raise UsageError(f"There is no project '{name}'. Projects in this file: {known}.")
    return create(store, "My project")


def create(store: Store, name: str, question: str = DEFAULT_QUESTION) -> Store:
    """A new empty project; an existing one of the same name is opened instead."""
    if not name.strip():
        raise UsageError("A project needs a name.")
    with store.transaction():
        store.execute("insert or ignore into projects (name, question) values (:name, :question)",
                      name=name.strip(), question=question)
        return store.of(store.value("select id from projects where name = :name", name=name.strip()))


def ask(store: Store, question: str) -> None:
    """Changes the question the expert answers."""
    if not question.strip():
        raise UsageError("The question to the expert cannot be empty.")
    store.execute("update projects set question = :question where id = :project", question=question.strip())


def setting(store: Store, name: str) -> str | None:
    """A setting of the whole file, or None."""
    return store.value("select value from settings where name = :name", name=name)


def set_setting(store: Store, name: str, value: str | None) -> None:
    """Stores a setting; None forgets it."""
    with store.transaction():
        store.execute("delete from settings where name = :name", name=name)
        if value is not None:
            store.execute("insert into settings (name, value) values (:name, :value)", name=name, value=value)
