"""Projects and the file's settings; a project is one AI product with one principal expert."""

from dataclasses import dataclass

from lib.records import UsageError
from lib.records.people import checked, same_person, tidied
from lib.store.database import Store
from lib.store.removal import log

DEFAULT_QUESTION = "Did the AI achieve the desired outcome?"


@dataclass(frozen=True)
class Project:
    """One AI product and the one question the expert answers of it."""

    id: int
    name: str
    question: str
    archived: bool = False


_SELECT = "select id, name, question, archived_at is not null from projects "


def every(store: Store, archived: bool = False) -> list[Project]:
    """The projects of the file, oldest first; the archived ones only where they are asked for."""
    return [_record(row) for row in store.rows(_SELECT + "where :archived or archived_at is null order by id",
                                               archived=archived)]


def _record(row) -> Project:
    return Project(*tuple(row)[:3], bool(row[3]))


def current(store: Store) -> Project:
    """The project this handle is on."""
    row = store.row(_SELECT + "where id = :project")
    if row is None:
        raise UsageError("There is no such project in this file any more." if every(store, archived=True) else
                         "This file holds no project yet: import a file, or open an example.")
    return _record(row)


def choose(store: Store, name: str | None) -> Store:
    """The handle on the named project, archived or not; without a name on the oldest, made where there is none."""
    there = every(store, archived=True)
    found = [one for one in there if (one.name == name if name is not None else not one.archived)]
    if found:
        return store.of(found[0].id)
    known = ", ".join(project.name for project in there) or "none yet"
    if name is not None:
        raise UsageError(f"There is no project '{name}'. Projects in this file: {known}.")
    if there:
        raise UsageError(f"Every project of this file is archived: {known}. Name one with --project, or bring one back "
                         "with 'projects bring-back'.")
    return create(store, "My project")


def create(store: Store, name: str, question: str = DEFAULT_QUESTION) -> Store:
    """A new empty project; an existing one of the same name is opened instead."""
    if not name.strip():
        raise UsageError("A project needs a name.")
    with store.transaction():
        # A number is given once: an address of a project that was deleted never leads into another one.
        store.execute("""insert or ignore into projects (id, name, question)
            select 1 + max((select coalesce(max(id), 0) from projects),
                (select coalesce(max(project), 0) from removals)), :name, :question""",
                      name=name.strip(), question=question)
        return store.of(store.value("select id from projects where name = :name", name=name.strip()))


def like(store: Store, name: str, besides: int = 0) -> Project | None:
    """The project of this name, in whatever spelling; `besides` is the number of one that is passed over."""
    wanted = same_person(name)
    return next((one for one in every(store, archived=True)
                 if one.id != besides and same_person(one.name) == wanted), None)


def create_new(store: Store, name: str, question: str = DEFAULT_QUESTION) -> Store:
    """A project that is not there yet; UsageError where one of this name is, archived or not."""
    with store.transaction():
        if found := like(store, name):
            raise UsageError(f"There is a project '{found.name}' already" + (
                ", in the archive: bring it back, or choose another name." if found.archived
                else ": open it, or choose another name."))
        return create(store, checked(tidied(name)), question)


def rename(store: Store, name: str) -> None:
    """Another name for this project; UsageError where another one has it."""
    with store.transaction():
        before, wanted = current(store).name, checked(tidied(name))
        if not wanted:
            raise UsageError("A project needs a name.")
        if found := like(store, wanted, besides=store.project):
            raise UsageError(f"There is a project '{found.name}' already: choose another name.")
        if wanted != before:
            store.execute("update projects set name = :name where id = :project", name=wanted)
            log.note(store, log.RENAMED, "project", wanted, {"before": before})


def archive(store: Store) -> None:
    """This project is offered nowhere until it is brought back; all that is in it stays."""
    with store.transaction():
        if not current(store).archived:
            store.execute("""update projects set archived_at = strftime('%Y-%m-%dT%H:%M:%fZ')
                where id = :project""")
            log.note(store, log.ARCHIVED, "project", current(store).name)


def bring_back(store: Store) -> None:
    """An archived project is offered again."""
    with store.transaction():
        if current(store).archived:
            store.execute("update projects set archived_at = null where id = :project")
            log.note(store, log.BROUGHT_BACK, "project", current(store).name)


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
