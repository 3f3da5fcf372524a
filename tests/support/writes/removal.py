"""What renames, archives, deletes and takes back; and what an imported file says in the principal's name."""

from lib.readers import guess
from lib.store import Store, projects
from lib.store.dataset import imported, traces
from lib.store.judge import judges
from lib.workflow.dataset import exchange
from lib.workflow.overview import removing
from lib.workflow.overview import sign_offs as waiting
from tests.support.writes.world import Verb, World

_JUDGE = "desired outcome"
_CSV = b"id,input,output,Ann_label\nnew1,what now,wait,pass\n"


def _delete(find) -> object:
    def do(world: World, store: Store) -> None:
        seen = removing.look(store, find(store))
        removing.remove(store, seen, seen.thing.typed, "nobody needs it")

    return do


def _traces(*ids: str):
    return lambda store: removing.of_traces(store, [traces.key_of(store, one) for one in ids])


def _key(store: Store) -> list[int]:
    return [traces.key_of(store, "open1")]


def _in_her_name(_: World, store: Store) -> None:
    table = exchange.read_file("hers.csv", _CSV)
    exchange.import_table(store, table, guess(table).with_expert("Ann", "Ann"))


def _ended(world: World, _: Store) -> None:
    """Nothing is at work, so that all of it may go."""
    for table in ("jobs", "analyses", "suggestions", "probes", "runs"):
        world.held(None).execute(f"update {table} set status = 'done' where status in ('queued', 'running')")


def _hers_wait(world: World, _: Store) -> None:
    _in_her_name(world, world.held(None, "Eve"))


def _agree(world: World, store: Store) -> None:
    waiting.agree(store, world.held(None).value("select max(id) from sign_offs"))


VERBS = (
    Verb("rename a project", "ep", lambda _, store: projects.rename(store, "Planet")),
    Verb("archive a project", "ep", lambda _, store: projects.archive(store)),
    Verb("bring a project back", "ep", lambda _, store: projects.bring_back(store),
         before=lambda _, store: projects.archive(store)),
    Verb("delete a project", "ep", _delete(removing.of_project), before=_ended),
    Verb("rename an import", "ep", lambda _, store: imported.rename(store, 1, "the first file")),
    Verb("take an import back", "ep", _delete(lambda store: removing.of_import(store, 1)), before=_ended),
    Verb("archive a trace", "ep", lambda _, store: removing.archive_traces(store, _key(store))),
    Verb("bring a trace back", "ep", lambda _, store: removing.bring_back_traces(store, _key(store)),
         before=lambda _, store: removing.archive_traces(store, _key(store))),
    Verb("delete a trace", "ep", _delete(_traces("open5")), before=_ended),
    Verb("ask to delete a trace that the principal labelled", "ep", _delete(_traces("t2")), before=_ended),
    Verb("rename a judge", "e", lambda _, store: judges.rename(store, _JUDGE, "tone")),
    Verb("archive a judge", "e", lambda _, store: judges.archive(store, _JUDGE)),
    Verb("bring a judge back", "e", lambda _, store: judges.bring_back(store, _JUDGE),
         before=lambda _, store: judges.archive(store, _JUDGE)),
    Verb("delete a judge", "e", _delete(lambda store: removing.of_judge(store, _JUDGE)), before=_ended),
    Verb("import labels in the principal's name", "ep", _in_her_name),
    Verb("agree to labels of a file", "x", _agree, principal=True, before=_hers_wait),
)
