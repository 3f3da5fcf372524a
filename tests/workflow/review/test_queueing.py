"""Drawing a batch out of a project: what each queue finds, for whom, what is said, and when it is refused."""

from collections import Counter
from dataclasses import replace

import pytest

from lib.records import UsageError, Verdict
from lib.store.dataset import traces
from lib.store.judge import judges, runs, verdicts
from lib.store.review import queues
from lib.workflow.review import orders, queueing
from tests.support.steps import add, row, say

TOPICS = ("bills", "bills", "bills", "visas")


@pytest.fixture
def forty(db, make_trace):
    """t0 to t39: three of four about bills, every second in German; synthetic from t30 on; one without an answer."""
    add(db, *(make_trace(f"t{n}", dimensions={"topic": (TOPICS[n % 4],), "language": (("en", "de")[n % 2],)},
                         created_at=f"2026-11-01T00:00:{n:02}Z", source="real" if n < 30 else "synthetic")
              for n in range(40)), make_trace("open", output=None))
    return db


def judged(store, **outcomes: str) -> int:
    """One more run of the judge, with these verdicts."""
    prompt = judges.save_prompt(store, "judge", "{{ input }}").key
    run = runs.create(store, prompt, "m", "embedded", anew=True)
    for trace, outcome in outcomes.items():
        verdicts.save(store, run, traces.key_of(store, trace), Verdict(outcome))
    return run


def drawn(store, size: int, seed: int = 1, experts=("Ann",), **mix) -> tuple[queueing.Drawn, dict[str, list[str]]]:
    """The batch, and what waits: queue -> traces."""
    wish = {name: mix.pop(name) for name in ("overlap", "dimension", "cell", "judge", "anchor", "token") if name in mix}
    found = queueing.draw(store, experts, size, mix, seed=seed, **wish)
    waiting: dict[str, list[str]] = {}
    for item in queues.listing(store):
        if item["batch"] == found.batch:
            waiting.setdefault(item["queue"], []).append(item["trace"])
    return found, waiting


def test_a_batch_holds_answered_traces_once_and_says_how_many_each_queue_gave(forty):
    found, waiting = drawn(forty, 40, random=50, newest=50)
    assert set(found.counts) == {"random", "newest"} and sum(found.counts.values()) == 40
    assert {name: len(given) for name, given in waiting.items()} == found.counts
    assert sorted(trace for given in waiting.values() for trace in given) == sorted(f"t{n}" for n in range(40))


def test_a_seed_repeats_a_draw_and_a_token_draws_once(forty, db):
    first, waiting = drawn(forty, 10, seed=5, token="press")
    assert drawn(forty, 10, seed=6, token="press")[0].batch == first.batch
    forty.execute("delete from queue_items")
    assert drawn(forty, 10, seed=5)[1] == waiting
    forty.execute("delete from queue_items")
    assert drawn(forty, 10, seed=6)[1] != waiting


def test_neither_labelled_nor_waiting_traces_are_drawn(forty):
    say(forty, "t0", "pass")
    say(forty, "t1", "pass", "Bob")
    drawn(forty, 10)
    _, second = drawn(forty, 40)
    assert len(second["random"]) == 29 and "t0" not in second["random"]
    _, for_bob = drawn(forty, 40, experts=("Bob",))
    assert len(for_bob["random"]) == 39 and "t1" not in for_bob["random"], "each has a queue of their own"


def test_nothing_left_is_a_sentence_and_stores_nothing(forty):
    drawn(forty, 40)
    with pytest.raises(UsageError, match="Nothing is left to draw: every answered trace is labelled by Ann, or waits"):
        drawn(forty, 1)
    assert forty.value("select count(*) from batches") == 1


def test_a_short_project_gives_a_short_batch_and_says_so(forty):
    found, _ = drawn(forty, 50)
    assert found.notes == ("Only 40 of 50: no other trace is left.",)


def test_random_is_raised_to_a_tenth_and_that_is_said(forty):
    found, _ = drawn(forty, 20, random=0, newest=100)
    assert found.counts == {"random": 2, "newest": 18}
    assert found.notes[0].startswith("Random was raised to 2 of 20")


def test_stratified_keeps_the_shares_of_a_dimension(forty):
    _, waiting = drawn(forty, 20, stratified=90, random=10, dimension="topic")
    held = Counter(TOPICS[int(trace[1:]) % 4] for trace in waiting["stratified"])
    assert held["bills"] in (13, 14) and sum(held.values()) == 18


def test_least_reviewed_cells_come_first(forty):
    for n in range(0, 40, 2):
        if n not in (0, 4):
            say(forty, f"t{n}", "pass")  # only the English ones are read, and two of them are left
    _, waiting = drawn(forty, 10, coverage=90, random=10, cell=("topic", "language"))
    assert all(int(trace[1:]) % 2 for trace in waiting["coverage"])


def test_newest_production_takes_real_traces_from_the_end(forty):
    _, waiting = drawn(forty, 10, newest=90, random=10)
    rest = [f"t{n}" for n in range(29, -1, -1) if f"t{n}" not in waiting["random"]]
    assert sorted(waiting["newest"]) == sorted(rest[:9])


def test_judge_says_fail_draws_unlabelled_fails_of_the_newest_run(forty):
    judged(forty, t1="fail", t2="fail")
    judged(forty, t2="pass", t3="fail", t4="fail", t5="pass")
    say(forty, "t4", "pass")
    found, waiting = drawn(forty, 4, judge_fails=75, random=25)
    # t1 was failed by an older run, t2 passes now, t4 is labelled.
    assert waiting["judge_fails"] == ["t3"] and len(waiting["random"]) == 3
    assert found.notes == ("Judge says fail: 1 of 3 found beside the random ones, which took the other places.",)


def test_a_disagreement_with_the_expert_brings_a_labelled_trace_back_until_it_is_settled(forty):
    say(forty, "t1", "pass")
    say(forty, "t2", "fail")
    judged(forty, t1="fail", t2="fail", t3="fail")
    assert drawn(forty, 2, judge_expert=50, random=50)[1]["judge_expert"] == ["t1"]
    found, _ = drawn(forty, 2, judge_expert=50, random=50)
    assert found.counts["judge_expert"] == 0, "it waits already"
    say(forty, "t1", "pass", critique="still")
    assert drawn(forty, 2, judge_expert=50, random=50)[0].counts["judge_expert"] == 0, "read again since"
    judged(forty, t1="fail")
    assert drawn(forty, 2, judge_expert=50, random=50)[1]["judge_expert"] == ["t1"], "a newer verdict asks anew"


def test_a_disagreement_goes_to_whose_label_it_was(forty):
    say(forty, "t1", "pass")
    say(forty, "t1", "fail", "Bob")
    say(forty, "t2", "pass", "Bob")
    judged(forty, t1="fail", t2="fail")
    drawn(forty, 4, experts=("Ann", "Bob"), judge_expert=50, random=50)
    came = {(one["trace"], one["expert"]) for one in queues.listing(forty) if one["queue"] == "judge_expert"}
    assert came == {("t1", "Ann"), ("t2", "Bob")}


def test_runs_of_one_judge_that_disagree_bring_their_traces(forty):
    judged(forty, t1="fail", t2="fail", t3="pass")
    with pytest.raises(UsageError, match="Judge 'judge' has been run once"):
        drawn(forty, 2, judge_versions=50)
    judged(forty, t1="pass", t2="fail", t3="fail")
    say(forty, "t3", "fail")
    _, waiting = drawn(forty, 3, judge_versions=90, random=1)
    assert "t3" in waiting["judge_versions"] and set(waiting["judge_versions"]) <= {"t1", "t3"}


def test_similar_takes_the_inputs_most_like_the_one_named(forty, make_trace):
    likes = [f"Where is my parcel number {n}?" for n in range(4)]
    add(forty, *(make_trace(f"p{n}", input=text) for n, text in enumerate(likes)))
    _, waiting = drawn(forty, 4, seed=3, similar=75, random=25, anchor="p0")
    assert set(waiting["similar"]) | set(waiting["random"]) >= {"p1", "p2", "p3"} and "p0" not in waiting["similar"]


def test_each_reviewer_gets_the_overlap_and_the_rest_is_shared(forty):
    drawn(forty, 20, experts=("Ann", "Bob", "Ann"), overlap=6)
    found = queues.listing(forty)
    own = {name: {one["trace"] for one in found if one["expert"] == name} for name in ("Ann", "Bob")}
    shared = {one["trace"] for one in found if one["expert"] is None}
    assert own["Ann"] == own["Bob"] and len(own["Ann"]) == 6 and len(shared) == 14 and not own["Ann"] & shared
    assert queues.progress(forty, "Ann") == queues.progress(forty, "Bob") == (0, 20)


def test_alone_everything_is_ones_own(forty):
    drawn(forty, 5, overlap=3)
    assert {one["expert"] for one in queues.listing(forty)} == {"Ann"}


def test_order_says_nothing_of_the_queue(forty):
    drawn(forty, 40, random=50, newest=50)
    came = [one["queue"] for one in queues.listing(forty)]
    assert came != sorted(came) and came != sorted(came, reverse=True)


@pytest.mark.parametrize(("wish", "sentence"), [
    ({"random": 1, "size": 0}, "between 1 and 5,000 traces, not 0"),
    ({"loudest": 1}, "There is no queue 'loudest'. Queues: random, stratified"),
    ({"random": -1}, "A share is 0 or more"),
    ({"experts": (" ",)}, "Name at least one reviewer"),
    ({"overlap": 3, "size": 2}, "Between 0 and 2 traces of this batch can go to everybody, not 3"),
    ({"judge_fails": 1}, "No judge has a verdict yet: run one on the Judge page"),
    ({"stratified": 1, "dimension": "tone"}, "There is no dimension 'tone'. Dimensions of this project: topic, lang"),
    ({"coverage": 1, "cell": ("topic", "topic")}, "two different dimensions"),
    ({"similar": 1}, "Say which trace the others should be similar to"),
    ({"similar": 1, "anchor": "none"}, "There is no trace 'none' in this project"),
])
def test_what_cannot_be_drawn_is_said_in_a_sentence(forty, wish, sentence):
    with pytest.raises(UsageError, match=sentence):
        drawn(forty, **{"size": 4, **wish})
    assert forty.value("select count(*) from batches") == 0


def test_without_dimensions_their_queues_are_refused_and_known_to_be_missing(db, make_trace):
    add(db, make_trace("t1"))
    with pytest.raises(UsageError, match="Stratified needs a dimension"):
        drawn(db, 1, stratified=1)
    assert set(orders.missing(db)) == {"stratified", "coverage", "judge_fails", "judge_expert", "judge_versions",
                                        "unsure", "feedback"}


def test_what_is_missing_goes_with_what_comes(forty):
    assert set(orders.missing(forty)) == {"judge_fails", "judge_expert", "judge_versions", "unsure", "feedback"}
    judged(forty, t1="fail")
    rest = {"unsure": "no judge has given a probability yet", "feedback": "no users' feedback is imported yet"}
    assert orders.missing(forty) == {"judge_versions": "no judge has been run twice yet", **rest}
    judged(forty, t1="pass")
    assert orders.missing(forty) == rest


def test_of_several_judges_one_must_be_named(forty, make_trace):
    add(forty, *(row(replace(traces.get(forty, "t1"), key=None), verdicts={name: Verdict("fail")})
                 for name in ("One", "Two")))
    with pytest.raises(UsageError, match=r"Several judges have verdicts: say which \(One, Two\)"):
        drawn(forty, 2, judge_fails=1)
    with pytest.raises(UsageError, match=r"Judge 'Three' has no verdict. Judges that have: One, Two"):
        drawn(forty, 2, judge_fails=1, judge="Three")
    drawn(forty, 2, judge_fails=1, judge="Two")
