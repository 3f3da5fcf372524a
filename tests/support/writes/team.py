"""What writes people, sign-offs, prices and settings."""

from lib.store import Store, endpoint_habits, experts, people, prices, projects, retirements, sign_offs
from lib.workflow import people as verbs
from lib.workflow.overview import sign_offs as waiting
from tests.support.writes.world import Verb, World


def _withdraw(world: World, store: Store) -> None:
    """What one has asked for oneself."""
    own = sign_offs.ask(store, sign_offs.PRINCIPAL, "principal", {"name": "Ben"}, "she is away")
    waiting.decline(store, own.number)


def _ask_to_open(world: World, store: Store) -> None:
    sign_offs.ask(store, sign_offs.OPEN_TEST, f"run {world.run}", {"run": world.run}, "the last word")


VERBS = (
    Verb("enter a project", "xep", lambda _, store: people.enter(store, "New", "expert")),
    Verb("change as what somebody works", "xep", lambda _, store: people.enter(store, "Bob", "PM")),
    Verb("add an expert", "xep", lambda _, store: experts.add(store, "Dora")),
    Verb("say who an expert is", "xep", lambda _, store: experts.describe(store, "Ben", "clerk", "")),
    Verb("rename somebody", "xep", lambda _, store: people.rename(store, "Ben", "Benjamin")),
    Verb("merge two who are not principal", "xep", lambda _, store: verbs.merge(store, "Ben", "Bob")),
    Verb("retire somebody", "xep", lambda _, store: verbs.retire(store, "Ben")),
    Verb("bring somebody back", "xep", lambda _, store: people.bring_back(store, "Bob"),
         before=lambda _, store: people.retire(store, "Bob")),
    Verb("merge into the principal", "x", lambda _, store: people.merge(store, "Ben", "Ann"), principal=True),
    Verb("make somebody principal", "x", lambda _, store: experts.make_principal(store, "Ben"), principal=True),
    Verb("retire the principal", "x", lambda _, store: people.retire(store, "Ann", "Ben"), principal=True),
    Verb("ask for another principal", "xep", lambda _, store: sign_offs.ask(
        store, sign_offs.PRINCIPAL, "principal", {"name": "Ben"}, "she is away")),
    Verb("ask to open the test split", "xep", _ask_to_open),
    Verb("withdraw what one asked for", "xep", _withdraw),
    Verb("agree to what others asked for", "x", lambda world, store: waiting.agree(store, world.sign_off),
         principal=True),
    Verb("decline what others asked for", "x", lambda world, store: sign_offs.decide(
        store, world.sign_off, sign_offs.DECLINED), principal=True),
    Verb("set a price", "e", lambda _, store: prices.put(store, "m", 1, 2)),
    Verb("keep a setting", "e", lambda _, store: projects.set_setting(store, "endpoint", "local")),
    Verb("note a model's habits", "e", lambda _, store: endpoint_habits.note(store, "http://127.0.0.1:9", "m", {})),
    Verb("note a model's last day", "e", lambda _, store: retirements.note(store, "http://127.0.0.1:9", [
        ("m", "2027-01-01")])),
)
