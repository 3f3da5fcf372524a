"""The queues of what to look at next: in which order, why each trace, at random a tenth, and out of every rate."""

from dataclasses import replace

import pytest

from lib.records import Circumstances, Decision, UsageError, Verdict
from lib.records.decision import SYSTEM_ONE
from lib.records.feedback import Feedback
from lib.records.fit import Fit
from lib.sampling.queues import QUEUES, unbiased
from lib.store.dataset import traces
from lib.store.judge import fits, runs, verdicts
from lib.store.review import labels, queues
from lib.workflow import figures
from lib.workflow.judge import kinds
from lib.workflow.review import queueing
from tests.support.steps import add, row, say

NEW = ("unsure", "outlier", "cluster", "feedback")
FIT = Fit("none", 0.2, 1.0, 0.0, "train", False, 40, 40, "", 1.0, "m")


def waiting(store, size: int, queue: str, seed: int = 1, **wish) -> dict[str, str]:
    """Trace -> why, of what one queue gave of a batch that asks for nothing else."""
    queueing.draw(store, ["Ann"], size, {queue: 100}, seed=seed, **wish)
    return {one["trace"]: one["why"] for one in queues.listing(store) if one["queue"] == queue}


@pytest.fixture
def many(db, make_trace):
    """Twenty traces; t19 took 41 seconds and t18 failed at a tool."""
    found = [make_trace(f"t{n}", context={"latency_ms": 900 + n}) for n in range(20)]
    found[19] = replace(found[19], context={"latency_ms": 41_000})
    found[18] = replace(found[18], steps=[{"kind": "tool", "error": "no answer"}])
    add(db, *found)
    return db


def decided(store, **probabilities: float) -> int:
    """A run of a decision judge with these probabilities of pass."""
    version = kinds.save(store, "quick", Decision(SYSTEM_ONE, "It helps.", "It does not."))
    run = runs.create(store, version.key, "m", "environment", anew=True)
    for trace, p in probabilities.items():
        verdicts.save(store, run, traces.key_of(store, trace), Verdict(
            "pass" if p >= 0.5 else "fail", p_pass=p, p_raw="{}", model="m"))
    runs.set_status(store, run, "done")
    return run


def test_unsure_takes_what_is_nearest_to_the_threshold_in_force(many):
    run = decided(many, **{f"t{n}": round(0.05 * n, 2) for n in range(20)})
    found = waiting(many, 4, "unsure")
    assert set(found) <= {"t9", "t10", "t11", "t12", "t8"} and len(found) == 3
    assert all(why.endswith("threshold 0.50") for why in found.values())
    many.execute("delete from queue_items")
    fits.applied(many, run, FIT)
    found = waiting(many, 4, "unsure")
    assert set(found) <= {"t2", "t3", "t4", "t5", "t6"} and len(found) == 3
    assert all(why.endswith("threshold 0.20") for why in found.values())


def test_unsure_asks_which_judge_only_among_those_that_give_probabilities(many):
    with pytest.raises(UsageError, match="No judge has given a probability yet"):
        waiting(many, 3, "unsure")
    decided(many, t1=0.5, t2=0.9)
    add(many, row(replace(traces.get(many, "t3"), key=None), verdicts={"Text": Verdict("fail")}))
    with pytest.raises(UsageError, match=r"Judge 'Text' gives no probability. Judges that do: quick"):
        waiting(many, 3, "unsure", judge="Text")
    assert set(waiting(many, 3, "unsure")) <= {"t1", "t2"}


def test_outlier_says_why_and_leaves_out_what_a_trace_lacks(many):
    found = waiting(many, 10, "outlier")
    drawn = {one["trace"] for one in queues.listing(many) if one["queue"] == "random"}
    assert set(found) == {"t19", "t18"} - drawn
    assert {"t19": "latency 41 s, 20th of 20", "t18": "1 error, 20th of 20"}.items() >= found.items()


def test_cluster_takes_one_of_each_group_first(db, make_trace):
    texts = ["refund the order please", "reset my password account", "opening hours sunday museum"]
    add(db, *(make_trace(f"c{n}", input=f"{texts[n % 3]} {n}") for n in range(30)))
    found = waiting(db, 4, "cluster")
    assert len(found) == 3 and all("like traces" in why for why in found.values())


def test_feedback_takes_complaints_first_and_quotes_them(many, make_trace):
    given = {"a": Feedback("thumbs", "down", "wrong place"), "b": Feedback("thumbs", "down"),
             "c": Feedback("remark", None, "hm"), "d": Feedback("thumbs", "up")}
    add(many, *(replace(row(make_trace(name)), feedback=(one,)) for name, one in given.items()))
    found = waiting(many, 4, "feedback")
    drawn = [one["trace"] for one in queues.listing(many) if one["queue"] == "random"]
    expected = [name for name in "abcd" if name not in drawn][:3]
    assert set(found) == set(expected)
    words = {"a": "thumb down: wrong place", "b": "thumb down", "c": "words: hm", "d": "thumb up"}
    assert words.items() >= found.items()


def test_without_feedback_the_queue_says_what_to_do(many):
    with pytest.raises(UsageError, match="No users' feedback is imported: name its column"):
        waiting(many, 3, "feedback")


@pytest.mark.parametrize("queue", NEW)
def test_a_tenth_stays_random_and_no_rate_counts_a_label_of_it(many, make_trace, queue):
    decided(many, **{f"t{n}": 0.5 for n in range(20)})
    add(many, *(replace(row(make_trace(f"f{n}")), feedback=(Feedback("thumbs", "down"),)) for n in range(5)))
    drawn = queueing.draw(many, ["Ann"], 20, {queue: 100}, seed=2)
    assert drawn.counts["random"] >= 2 and "Random was raised to 2 of 20" in drawn.notes[0]
    assert not unbiased(queue) and QUEUES[queue].by_outcome == (queue in ("unsure", "feedback"))
    (item, *_) = [one for one in queues.listing(many) if one["queue"] == queue]
    assert not item["unbiased"]
    before = figures.agreement(many, "quick", expert=_ann(many)).counts.n
    labels.save(many, item["trace"], "Ann", "fail", "No.", circumstances=Circumstances(queue=queue, unbiased=False))
    after = figures.agreement(many, "quick", expert="Ann")
    assert after.counts.n == before and after.left_out.drawn == int(item["trace"].startswith("t"))


def _ann(store) -> str:
    say(store, "t0", "pass")
    return "Ann"


def test_the_same_seed_draws_the_same(many):
    decided(many, **{f"t{n}": 0.5 for n in range(20)})
    first = waiting(many, 6, "unsure", seed=4)
    many.execute("delete from queue_items")
    assert waiting(many, 6, "unsure", seed=4) == first
    many.execute("delete from queue_items")
    assert waiting(many, 6, "unsure", seed=5) != first
