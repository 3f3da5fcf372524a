"""What writes labels, drafts, queues, criteria and what else the expert's desk keeps."""

from lib.sampling import queues as kinds
from lib.sampling.queues import QueueItem
from lib.store import Store
from lib.store import feedback as stored_feedback
from lib.store.errors import codings, failure_modes, notes
from lib.store.review import claims, criteria, desk_choices, labels, pins, queues, repeats, reveals
from lib.store.review.criteria import Draft
from lib.workflow.review import at_desk, queueing, reviewers, reviewing, stopping
from lib.workflow.review import criteria as documents
from lib.workflow.review.reviewing import Decision
from tests.support.writes.world import WHO, Verb, World

_TYPED = Draft(1, "Name the hour.", "they ask for it")


def _decide(_: World, store: Store) -> None:
    reviewing.decide(store, store.person, Decision("open1", "pass", "It helps.", "a token"))


def _look(_: World, store: Store) -> None:
    documents.another_look(store, 2, 0)


def _queue_the_next(_: World, store: Store) -> None:
    stopping.queue(store, "Ann", stopping.next_traces(store, "Ann", 0.2))


def _free(world: World, store: Store) -> None:
    """Nothing of anybody else waits."""
    store.execute("update sign_offs set decision = 'declined' where id = :id", id=world.sign_off)


def _failed_with_a_mode(_: World, store: Store) -> None:
    """Everybody has failed one trace, and there is a failure mode to tick."""
    failure_modes.add(store, "no date")
    for name in WHO.values():
        labels.save(store, "t2", name, "fail", "No.")


VERBS = (
    Verb("label", "x", lambda _, store: labels.save(store, "open1", store.person, "pass", "It helps.")),
    Verb("label at the desk", "x", _decide),
    Verb("keep a critique that is typed", "x", lambda _, store: labels.save_draft(store, "open1", store.person, "It")),
    Verb("keep what is typed at the desk", "x", lambda _, store: reviewing.keep(store, store.person, "open1", "It",
                                                                                "Better")),
    Verb("drop a critique that was typed", "x", lambda _, store: labels.save_draft(store, "open0", store.person, "")),
    Verb("claim a trace", "x", lambda _, store: claims.claim(store, "open4", store.person)),
    Verb("open a trace that begins with the judge's words", "x", lambda _, store: reviewing.showing(
        store, store.person, "both", shadow=True)),
    Verb("put a trace off", "x", lambda _, store: reviewing.defer(store, store.person, "open1")),
    Verb("put a trace off, in the store", "x", lambda _, store: claims.defer(store, "open1", store.person)),
    Verb("ask what judges said", "x", lambda _, store: reviewing.reveal(store, store.person, "t2"),
         before=lambda _, store: [labels.save(store, "t2", name, "fail", "No.") for name in WHO.values()]),
    Verb("note what was shown", "x", lambda _, store: reveals.add(store, "t2", store.person)),
    Verb("choose what the desk shows", "x", lambda _, store: at_desk.choose(store, store.person, True)),
    Verb("choose what the desk shows, in the store", "x", lambda _, store: desk_choices.set_ticks_modes(
        store, store.person, True)),
    Verb("tick a failure mode at the desk", "xep", lambda _, store: at_desk.tick(
        store, store.person, "t2", "no date", True), before=_failed_with_a_mode),
    Verb("adjudicate", "x", lambda _, store: reviewers.adjudicate(store, store.person, "both", "fail", "No.", "talked"),
         principal=True),
    Verb("save criteria", "x", lambda _, store: documents.save(store, _TYPED), principal=True),
    Verb("save criteria, in the store", "x", lambda _, store: criteria.save(store, "Name it.", "why"), principal=True),
    Verb("ask for criteria", "xep", lambda _, store: documents.ask(store, _TYPED), before=_free),
    Verb("keep criteria that are typed", "xep", lambda _, store: documents.keep(store, _TYPED)),
    Verb("drop criteria that were typed", "xep", lambda _, store: criteria.forget_draft(store),
         before=lambda _, store: criteria.keep_draft(store, _TYPED)),
    Verb("queue labels older than the criteria", "xep", _look),
    Verb("draw a queue", "xep", lambda _, store: queueing.draw(store, ["Ben"], 3, {kinds.RANDOM: 100}, seed=0)),
    Verb("store a queue", "xep", lambda _, store: queues.create(store, {kinds.RANDOM: 100}, [
        QueueItem("open5", kinds.RANDOM, True, position=1, expert="Ben")], 0)),
    Verb("queue the next ten", "xep", _queue_the_next),
    Verb("take a queue back", "xep", lambda world, store: queues.take_back(store, world.batch)),
    Verb("note a check against users' feedback", "xep", lambda _, store: stored_feedback.note(store, "so", {"n": 1})),
    Verb("set how often users' feedback is looked at", "xep", lambda _, store: stored_feedback.set_days(store, 14)),
    Verb("set how many traces come back", "xep", lambda _, store: repeats.set_share(store, 0.06, 12)),
    Verb("pin names above a trace", "xep", lambda _, store: pins.replace(store, ["feature"])),
)

# What carries a name: none of it is written in another's.
IN_A_NAME = (
    lambda store, name: labels.save(store, "open1", name, "pass", "because"),
    lambda store, name: labels.save_draft(store, "open1", name, "half"),
    lambda store, name: claims.claim(store, "open4", name),
    lambda store, name: claims.defer(store, "open1", name),
    lambda store, name: reveals.add(store, "t2", name),
    lambda store, name: desk_choices.set_ticks_modes(store, name, True),
    lambda store, name: reviewing.decide(store, name, Decision("open1", "pass", "It helps.", "a token")),
    lambda store, name: reviewing.keep(store, name, "open1", "It", "Better"),
    lambda store, name: reviewing.showing(store, name, "both", shadow=True),
    lambda store, name: reviewing.defer(store, name, "open1"),
    lambda store, name: notes.save(store, "t1", name, "It names no hour."),
    lambda store, name: notes.keep_draft(store, "t1", name, "It"),
    lambda store, name: failure_modes.give(store, "t4", ["no date"], name),
    lambda store, name: codings.decide(store, "confirmed", None, None, name),
    lambda store, name: codings.agree_none(store, "Ann", name),
)
