"""A balanced draw: shares of each outcome, near-duplicates together, what holds a trace in place, and a preview."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.records import Counts, Trace, UsageError, Verdict
from lib.sampling import near
from lib.sampling.splits import Member, balanced, grouped, provisional, reading, spent, table
from lib.statistics import metrics
from lib.store.dataset import traces
from lib.store.judge import judges, runs, splits, verdicts
from lib.workflow import figures
from lib.workflow.judge import splitting
from tests.support.steps import add, row

SPLIT = st.sampled_from(("train", "dev", "test"))


def member(key: int, outcome: str = "pass", split: str = "dev", group: str = "", **more) -> Member:
    """A labelled trace that stays with nothing else."""
    return Member(key, group or str(key), outcome, split, **more)


def places(members: list[Member], drawn: dict[int, str]):
    return table((drawn[one.key], one.outcome) for one in members)


def moved(members: list[Member], drawn: dict[int, str]) -> list[int]:
    return [one.key for one in members if drawn[one.key] != one.split]


@given(st.lists(st.tuples(st.sampled_from(("pass", "fail")), SPLIT), max_size=80), st.integers(0, 9))
def test_of_each_outcome_a_fifth_is_train_and_two_fifths_each_are_dev_and_test(kinds, seed):
    members = [member(key, *kind) for key, kind in enumerate(kinds)]
    found = places(members, balanced(members, seed))
    for side, outcome in enumerate(("pass", "fail")):
        n = sum(one.outcome == outcome for one in members)
        for split, share in (("train", 0.2), ("dev", 0.4), ("test", 0.4)):
            assert abs(found[split][side] - share * n) < 1


@given(st.lists(st.tuples(st.sampled_from(("pass", "fail")), SPLIT, st.sampled_from("abcdefgh"), st.booleans(),
                          st.booleans(), st.booleans()), max_size=40), st.integers(0, 9))
def test_groups_stay_whole_examples_are_of_train_an_opened_test_stays_and_drawing_again_moves_nothing(kinds, seed):
    members = [Member(key, group, outcome, split, shown, looked and split == "test", seen)
               for key, (outcome, split, group, shown, looked, seen) in enumerate(kinds)]
    drawn = balanced(members, seed)
    for group in "abcdefgh":
        mine = [one for one in members if one.group == group]
        assert len({drawn[one.key] for one in mine}) <= 1
        if any(one.shown for one in mine):
            assert {drawn[one.key] for one in mine} == {"train"}
        elif any(one.looked for one in mine):
            assert {drawn[one.key] for one in mine} == {"test"}
    again = [Member(one.key, one.group, one.outcome, drawn[one.key], one.shown, one.looked, one.seen)
             for one in members]
    assert balanced(again, seed) == drawn == balanced(members, seed)


def test_no_more_traces_move_than_it_takes_and_what_was_seen_does_not_come_into_test():
    # 10 passes belong 2, 4, 4; dev has one too many that was not seen and three that were: one goes, unseen, to test.
    members = [member(key, split=split, seen=key in (2, 3, 4, 5)) for key, split in enumerate(
        ["train"] * 2 + ["dev"] * 5 + ["test"] * 3)]
    drawn = balanced(members, 1)
    assert moved(members, drawn) == [6] and drawn[6] == "test"


def test_another_seed_moves_others():
    members = [member(key, split="train") for key in range(100)]
    one, other = balanced(members, 1), balanced(members, 2)
    assert one != other and places(members, one) == places(members, other)


def test_what_is_the_same_stays_together_at_any_size_and_what_is_alike_up_to_a_tenth():
    chain = [(place, place + 1) for place in range(199)]
    assert set(grouped(chain, [], 200)) == {0}
    sizes = sorted(grouped([], chain, 200).count(place) for place in set(grouped([], chain, 200)))
    assert sizes == [20] * 10, "tied in the order given, none above 20 of 200"
    assert grouped([(0, 2)], [(2, 3)], 5) == [0, 1, 0, 0, 4]


def test_nearly_the_same_texts_are_found_among_thousands_and_a_frame_around_all_makes_none_alike():
    letters = Random(5)
    words = ["".join(letters.choices("aeioulnrstdkmpg", k=7)) for _ in range(12_000)]
    texts = [" ".join(["Answer the customer of our shop politely and in full."] * 8 + words[at:at + 8])
             for at in range(0, 12_000, 8)]
    texts += [f"{texts[3]}!", texts[700].upper()]
    assert sorted(near.alike(texts)) == [(3, 1500), (700, 1501)]
    assert near.alike([]) == [] and near.alike(["", ""]) == [(0, 1)]


@pytest.fixture
def labelled(db):
    """Ninety labelled traces, 31 passes; two of them ask nearly the same, in dev and in test, all others are train."""
    add(db, *(row(Trace(f"t{n}", f"question {n * 7919} of {n * 104729 % 9973}?", f"answer {n}", split="train"),
                  Ann="fail" if n % 3 else "pass") for n in range(88)),
        row(Trace("a", "Where is my parcel with the blue lamp?", "1", split="dev"), Ann="pass"),
        row(Trace("b", "Where is my parcel with the blue lamps", "2", split="test"), Ann="fail"))
    return db


def test_a_preview_moves_nothing_and_the_draw_does_what_it_said(labelled):
    before = splitting.standing(labelled)
    drawn = splitting.preview(labelled, 7)
    assert splitting.standing(labelled) == before == drawn.before and splits.draws(labelled) == []
    assert (drawn.crossing, drawn.still) == (1, 0)
    assert [(one.trace, one.split, one.other, one.other_split) for one in drawn.named] == [("a", "dev", "b", "test")]
    assert splitting.balance(labelled, 7) == drawn and splitting.standing(labelled) == drawn.after
    # 31 passes and 59 fails: 6, 12 or 13, 12 or 13 and 12, 23 or 24, 23 or 24.
    assert drawn.after["train"] == (6, 12) and sum(map(sum, drawn.after.values())) == 90
    assert traces.get(labelled, "a").split == traces.get(labelled, "b").split
    log, = splits.draws(labelled)
    assert log["seed"] == 7 and log["moved"] == len(drawn.moves) and log["summary"]["crossing"] == [1, 0]
    assert splitting.balance(labelled, 7).moves == {}


def test_an_equal_input_follows_wherever_it_comes_from_and_another_project_stays_as_it_is(labelled):
    moved = [key for key in splitting.balance(labelled, 7).moves if traces.by_key(labelled, key).split == "test"]
    trace = traces.by_key(labelled, moved[0])
    add(labelled, Trace("later", trace.input, "another answer"), Trace("told", trace.input, "x", split="dev"))
    assert traces.get(labelled, "later").split == "test" and traces.get(labelled, "told").split == "dev"
    assert splits.of_input(labelled, "never drawn") == splits.of_input(labelled.of(99), "never drawn")


def test_answers_to_one_input_and_unlabelled_equals_move_together(db):
    add(db, *(row(Trace(f"t{n}", f"q{n * 7919}", "a", split="train"), Ann="pass") for n in range(9)),
        Trace("t8@2", f"q{8 * 7919}", "b", split="train"),
        row(Trace("t8@3", "another text", "c", split="dev"), Ann="pass"))
    db.execute("update traces set answers = (select id from traces where trace_id = 't8') where trace_id like 't8@%'")
    splitting.balance(db, 3)
    assert len({traces.get(db, name).split for name in ("t8", "t8@3")}) == 1
    splits.move(db, 1, {traces.key_of(db, "t8"): "test"}, {})
    assert traces.get(db, "t8@2").split == "test"


def test_an_example_pulls_what_is_nearly_the_same_into_train_and_says_what_was_opened_or_read(labelled):
    rows = {one["trace_id"]: one for one in splits.members(labelled)}
    label = labelled.value("select id from labels where trace = :key", key=rows["a"]["key"])
    shown = judges.save_prompt(labelled, "judge", "{{ trace }}", [label])
    run = runs.create(labelled, shown.key, "m", "embedded")
    verdicts.save(labelled, run, rows["b"]["key"], Verdict("pass"))
    splits.look(labelled, run, "why")
    found = {one["trace_id"]: (one["shown"], one["looked"], one["seen"]) for one in splits.members(labelled)}
    assert found["a"] == (1, 0, 0) and found["b"] == (0, 1, 0) and found["t1"] == (0, 0, 0)
    drawn = splitting.balance(labelled, 7)
    assert drawn.opened == 1 and traces.get(labelled, "b").split == traces.get(labelled, "a").split == "train"
    assert {one["trace_id"]: one["seen"] for one in splits.members(labelled)}["b"] == 1


def test_without_a_label_there_is_nothing_to_draw(db, make_trace):
    add(db, make_trace())
    with pytest.raises(UsageError, match="No trace is labelled yet"):
        splitting.preview(db, 1)


def test_the_words_beside_a_test_figure():
    strict, lenient = Counts(70, 30, 5, 95), Counts(99, 1, 15, 85)
    assert [line.split(" is ")[0] for line in reading(strict, .9)] == ["TPR", "TNR"]
    assert "below the least that is of use (80%)" in reading(strict, .9)[0] and "too strict" in reading(strict, .9)[0]
    assert "failed 30 that the expert passed" in reading(strict, .9)[0]
    assert "above the target of 90%" in reading(strict, .9)[1]
    assert "short of the target (90%). The judge passed 15 that the expert failed" in reading(lenient, .9)[0]
    assert "not defined" in reading(Counts(pass_pass=5), .9)[0]
    assert "first look" in spent(1) and "partly spent: 3 looks" in spent(3) and "7 labelled traces" in provisional(7)


def test_traces_of_one_session_come_into_one_split_and_figures_say_that_they_are_tied(db, make_trace):
    words = "red green blue sun moon rain snow wind tree rock leaf road fish bird wolf bear frog lamp desk book".split()
    add(db, *(row(make_trace(f"t{n}", input=" ".join(Random(n).sample(words, 9)), split="dev",
                             session=f"s{n // 3}" if n < 30 else None), Ann="fail" if n % 3 else "pass")
              for n in range(100)))
    splitting.balance(db, seed=1)
    for session in range(10):
        assert len({traces.get(db, f"t{n}").split for n in range(3 * session, 3 * session + 3)}) == 1
    run = runs.create(db, judges.save_prompt(db, "judge", "x").key, "m", "environment")
    for key in runs.pending(db, run):
        verdicts.save(db, run, key, Verdict("pass"))
    open_ones = [n for n in range(30) if traces.get(db, f"t{n}").split != "test"]
    found = figures.agreement(db, run=run)
    groups = found.counts.n - len(open_ones) + len(open_ones) // 3
    assert found.ties == f"{found.counts.n:,} pairs of {groups:,} sessions: those that share one are not " \
        "independent, so intervals and tests count fewer."
    alone = metrics.agreement(Counts(*found.counts.cells))
    assert found.figures["agreement"].high - found.figures["agreement"].low > alone.high - alone.low


def test_figures_of_traces_without_sessions_say_nothing_of_them(db, make_trace):
    add(db, *(row(make_trace(f"t{n}", session=f"s{n}" if n else None), Ann="pass") for n in range(5)))
    run = runs.create(db, judges.save_prompt(db, "judge", "x").key, "m", "environment")
    for key in runs.pending(db, run):
        verdicts.save(db, run, key, Verdict("pass"))
    assert figures.agreement(db, run=run).counts.n == 5 and figures.agreement(db, run=run).ties == ""
