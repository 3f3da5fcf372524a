"""Disagreements without a screen: four endings, what each does and undoes, and figures before and after."""

import csv
import io

import pytest

from lib.records import Circumstances, Counts, UsageError, Verdict
from lib.records.disagreements import BORDERLINE, ENDINGS, JUDGE_WRONG, LABEL_WRONG, OPEN, UNCLEAR, Draft, Tally
from lib.sampling.splits import FEW
from lib.statistics import disagreements as pure
from lib.statistics.metrics import agreement, kappa
from lib.store.judge import judges, prompt_drafts, rulings, runs, verdicts
from lib.store.review import criteria, labels, queues, reveals
from lib.workflow.judge import disagreements, judging
from lib.workflow.judge.disagreements import Ending
from lib.workflow.review import criteria as keeping
from tests.support.steps import add, row, say

JUDGE = judging.DEFAULT_JUDGE
# Ann's label and the judge's verdict on t0 … t9: they agree on five and differ on t3 … t7.
SAID = [("pass", "pass")] * 3 + [("pass", "fail")] * 2 + [("fail", "pass")] * 3 + [("fail", "fail")] * 2
HOSTILE = "=cmd|' /C calc'!A0 **bold** $x$ ![](http://evil.example/p.png)"


@pytest.fixture
def run(db, make_trace):
    """A run over ten traces; t3 is of the train split, t7 of the test split, the others of dev."""
    splits = {3: "train", 7: "test"}
    add(db, *(row(make_trace(f"t{n}", split=splits.get(n, "dev")), Ann=outcome) for n, (outcome, _) in enumerate(SAID)))
    judging.save_prompt(db, JUDGE, "Critique first. {{ trace }}", [])
    return ran(db)


def ran(store, said: list[tuple[str, str]] = SAID) -> int:
    run = runs.create(store, judges.newest_prompt(store, JUDGE).key, "m", "environment")
    for key in runs.pending(store, run):
        name = store.value("select trace_id from traces where id = :key", key=key)
        verdicts.save(store, run, key, Verdict(said[int(name[1:])][1], f"judge on {name}"))
    runs.set_status(store, run, "done")
    return run


def ruled(store, run: int, trace: str, kind: str, note: str = "because", **more):
    return disagreements.rule(store, rulings.case(store, run, "Ann", trace), Ending(kind, note, **more))


def relabelled(store, run: int):
    return ruled(store, run, "t4", LABEL_WRONG, "I overlooked it", critique="It invents a date", expert="Ann")


def open_cases(store, run: int) -> list[str]:
    return [one.trace for one in rulings.cases(store, run, "Ann") if one.ending == OPEN]


def test_the_four_endings_and_the_figures_before_and_after(db, run):
    """Before: 5 of 10 agree. t4 becomes a fail that the judge failed: 6 of 10. Without borderline t6: 6 of 9."""
    found = disagreements.standing(db, run, "Ann")
    assert found.before == found.now == found.set_aside == Counts(3, 2, 3, 2)
    assert (found.cases, found.ruled) == (5, 0) and agreement(found.now).value == 0.5
    for trace, kind in (("t3", JUDGE_WRONG), ("t5", UNCLEAR), ("t6", BORDERLINE)):
        ruled(db, run, trace, kind)
    relabelled(db, run)
    found = disagreements.standing(db, run, "Ann")
    assert found.endings == {**dict.fromkeys(ENDINGS, 1), OPEN: 1}
    assert found.before == Counts(3, 2, 3, 2)
    assert found.now == Counts(3, 1, 3, 3) == verdicts.counts(db, run, "Ann")
    assert found.set_aside == Counts(3, 1, 2, 3)
    assert agreement(found.now).value == 0.6 and agreement(found.set_aside).value == pytest.approx(6 / 9)
    # By chance: before (5·6 + 5·4)/100 = .5; now (4·6 + 6·4)/100 = .48.
    assert kappa(found.before).value == 0 and kappa(found.now).value == pytest.approx((.6 - .48) / .52)
    assert pure.in_words(found) == ("of 5 disagreements: 1 judge wrong, 1 label wrong, 1 criterion unclear, "
                                    "1 borderline, 1 open")
    assert [(one.trace, one.ending) for one in rulings.cases(db, run, "Ann")] == [
        ("t7", OPEN), ("t3", JUDGE_WRONG), ("t4", LABEL_WRONG), ("t5", UNCLEAR), ("t6", BORDERLINE)]
    assert [one.trace for one in rulings.cases(db, run, "Ann", outcome="fail")] == ["t3", "t4"]


def test_errors_stand_apart_and_nothing_to_rule_on_is_said():
    found = pure.standing([Tally("pass", None, None, 2), Tally("fail", "fail", None, 3)])
    assert found.now == found.before == Counts(0, 0, 0, 3, 2) and found.cases == 0
    assert pure.in_words(found) == "no disagreement"
    assert pure.standing([]).now == Counts()


def test_judge_wrong_leaves_a_note_for_the_prompt_and_needs_one(db, run):
    with pytest.raises(UsageError, match="Write a short note"):
        ruled(db, run, "t5", JUDGE_WRONG, " ")
    ruled(db, run, "t5", JUDGE_WRONG, HOSTILE)
    ruled(db, run, "t4", JUDGE_WRONG, "second")
    assert [(one.text, one.trace, one.expert_critique, one.judge_critique) for one in rulings.notes(db, JUDGE)] == [
        ("second", "t4", "why pass", "judge on t4"), (HOSTILE, "t5", "why fail", "judge on t5")]
    ruled(db, run, "t4", BORDERLINE)
    assert [one.trace for one in rulings.notes(db, JUDGE)] == ["t5"]
    say(db, "t5", "pass", critique="the judge was right after all")
    assert rulings.notes(db, JUDGE) == []


def test_a_complete_train_label_goes_into_the_draft_and_is_no_saved_version(db, run):
    version = judges.newest_prompt(db, JUDGE)
    with pytest.raises(UsageError, match="train split"):
        ruled(db, run, "t5", JUDGE_WRONG, "", example=True)
    made = ruled(db, run, "t3", JUDGE_WRONG, "", example=True)
    assert made.example and prompt_drafts.of_version(db, version.key).examples == (made.label,)
    assert judges.newest_prompt(db, JUDGE) == version and version.examples == ()
    disagreements.take_back(db, rulings.case(db, run, "Ann", "t3"))
    assert prompt_drafts.of_version(db, version.key) is None
    say(db, "t3", "pass", critique="")
    assert not disagreements.may_be_example(db, rulings.case(db, run, "Ann", "t3"))


def test_label_wrong_is_a_new_dated_label_beside_the_old_one(db, run):
    made = relabelled(db, run)
    new, old = labels.history(db, "t4", "Ann")
    assert (new.key, old.key) == (made.new_label, made.label)
    assert (new.outcome, new.critique, old.outcome, old.critique) == ("fail", "It invents a date", "pass", "why pass")
    assert new.circumstances.mode == "known" and new.circumstances.reason == "I overlooked it"
    assert new.circumstances.unbiased and reveals.known(db, "t4", "Ann")
    case = rulings.case(db, run, "Ann", "t4")
    assert case.former == ("pass", "why pass") and case.expert_outcome == "fail"
    with pytest.raises(UsageError, match="take that ruling back first"):
        ruled(db, run, "t4", BORDERLINE)


@pytest.mark.parametrize(("more", "sentence"), [
    ({"note": ""}, "why the label changes"), ({"critique": "  "}, "Write why it is fail"),
    ({"critique": "why pass "}, "Write why it is fail"), ({"expert": "Bob"}, "Only the principal expert, Ann"),
    ({"expert": ""}, "Only the principal expert, Ann")])
def test_a_label_changes_only_by_the_principal_with_a_reason_and_a_new_critique(db, run, more, sentence):
    say(db, "t0", "pass", "Bob")
    with pytest.raises(UsageError, match=sentence):
        ruled(db, run, "t4", LABEL_WRONG, **{"note": "slip", "critique": "new", "expert": "Ann", **more})
    assert len(labels.history(db, "t4", "Ann")) == 1 and len(open_cases(db, run)) == 5


def test_a_shadow_label_stays_one_when_it_is_ruled_wrong(db, run):
    say(db, "t4", "pass", critique="why pass", circumstances=Circumstances("shadow"))
    with pytest.raises(UsageError, match="do not differ"):
        rulings.case(db, run, "Ann", "t4")
    case = rulings.case(db, run, "Ann", "t4", every=True)
    disagreements.rule(db, case, Ending(LABEL_WRONG, "slip", "It invents a date", expert="Ann"))
    assert labels.current(db, "t4", "Ann").circumstances.mode == "shadow"


def test_unclear_adds_a_line_to_the_criteria_and_taken_back_it_goes_again(db, run):
    keeping.save(db, criteria.Draft(0, "- No prices.\n", "first"))
    made = ruled(db, run, "t5", UNCLEAR, "  A total is\n no price. ")
    now = criteria.newest(db)
    assert (now.number, now.text) == (made.criteria, "- No prices.\n- A total is no price.")
    assert "t5" in now.reason and [one.number for one in criteria.every(db)] == [2, 1]
    with pytest.raises(UsageError, match="Write the line"):
        ruled(db, run, "t6", UNCLEAR, " ")
    disagreements.take_back(db, rulings.case(db, run, "Ann", "t5"))
    assert [one.text for one in criteria.every(db)] == ["- No prices.", now.text, "- No prices."]


def test_a_second_press_rules_once_and_a_later_ruling_succeeds_the_first(db, run):
    case = rulings.case(db, run, "Ann", "t5")
    first, again = (disagreements.rule(db, case, Ending(UNCLEAR, "one line"), "token") for _ in range(2))
    assert first == again and len(criteria.every(db)) == 1
    case = rulings.case(db, run, "Ann", "t4")
    ending = Ending(LABEL_WRONG, "slip", "It invents a date", expert="Ann")
    first, again = (disagreements.rule(db, case, ending, "other") for _ in range(2))
    assert first == again and len(labels.history(db, "t4", "Ann")) == 2
    ruled(db, run, "t5", BORDERLINE, "on second thoughts")
    assert rulings.case(db, run, "Ann", "t5").ending == BORDERLINE
    assert db.value("select count(*) from rulings") == 3


def test_who_rules_on_an_old_showing_is_told_so(db, run):
    case = rulings.case(db, run, "Ann", "t5")
    ruled(db, run, "t5", BORDERLINE)
    with pytest.raises(UsageError, match="since it was shown here"):
        disagreements.rule(db, case, Ending(JUDGE_WRONG, "late"))
    case = rulings.case(db, run, "Ann", "t6")
    say(db, "t6", "fail", critique="labelled anew on the desk")
    with pytest.raises(UsageError, match="since it was shown here"):
        disagreements.rule(db, case, Ending(BORDERLINE))
    with pytest.raises(UsageError, match="ends as judge wrong, "):
        ruled(db, run, "t6", "whatever")
    with pytest.raises(UsageError, match="no ruling to take back"):
        disagreements.take_back(db, rulings.case(db, run, "Ann", "t6"))


def test_a_ruling_taken_back_opens_the_case_and_gives_the_old_label_anew(db, run):
    relabelled(db, run)
    with pytest.raises(UsageError, match="Only the principal"):
        disagreements.take_back(db, rulings.case(db, run, "Ann", "t4"), "Bob")
    case = rulings.case(db, run, "Ann", "t4")
    for _ in range(2):
        disagreements.take_back(db, case, "Ann", "token")
    now = labels.current(db, "t4", "Ann")
    assert (now.outcome, now.critique, len(labels.history(db, "t4"))) == ("pass", "why pass", 3)
    found = disagreements.standing(db, run, "Ann")
    assert found.now == found.before == Counts(3, 2, 3, 2) and found.ruled == 0
    # Once more, and the expert gives the label up again on the desk: then the case stands open.
    relabelled(db, run)
    say(db, "t4", "pass", critique="it was right after all")
    assert "t4" in open_cases(db, run) and disagreements.standing(db, run, "Ann").now == Counts(3, 2, 3, 2)


def test_the_same_difference_in_a_later_run_is_shown_as_ruled_before(db, run):
    ruled(db, run, "t5", JUDGE_WRONG, "be strict")
    ruled(db, run, "t6", UNCLEAR, "a line")
    relabelled(db, run)
    judging.save_prompt(db, JUDGE, "Another. {{ trace }}", [])
    later = ran(db)
    assert [(one.trace, one.before) for one in rulings.cases(db, later, "Ann")] == [
        ("t3", False), ("t7", False), ("t5", True), ("t6", True)]
    case = rulings.case(db, later, "Ann", "t5")
    assert [(one.run, one.kind, one.note) for one in case.elsewhere] == [(run, JUDGE_WRONG, "be strict")]
    for _ in range(2):
        disagreements.rule_again(db, case, "token")
    again = disagreements.rule_again(db, rulings.case(db, later, "Ann", "t6"))
    assert again.criteria == 1 and len(criteria.every(db)) == 1
    assert open_cases(db, later) == ["t3", "t7"] and len(rulings.notes(db, JUDGE)) == 1
    with pytest.raises(UsageError, match="rule on it here"):
        disagreements.rule_again(db, rulings.case(db, later, "Ann", "t3"))


def test_what_is_sealed_for_the_last_test_is_never_ruled_on(db, run, make_trace):
    ruled(db, run, "t7", BORDERLINE)
    add(db, *(row(make_trace(f"more{n}", split="dev"), Ann="pass") for n in range(FEW)))
    assert [one.trace for one in rulings.cases(db, run, "Ann")] == ["t3", "t4", "t5", "t6"]
    assert "t7" not in rulings.endings(db, run, "Ann")
    assert disagreements.standing(db, run, "Ann").now == Counts(3, 2, 2, 2)
    assert b"t7" not in disagreements.pairs(db, run, "Ann", False, "csv")
    with pytest.raises(UsageError, match="do not differ"):
        rulings.case(db, run, "Ann", "t7", every=True)


def test_the_draft_of_a_ruling_is_kept_until_it_is_ruled(db, run):
    case = rulings.case(db, run, "Ann", "t5")
    typed = Draft(BORDERLINE, "half a", "sent")
    rulings.keep_draft(db, case.verdict, case.label, typed)
    assert rulings.draft(db, case.verdict, case.label) == typed
    ruled(db, run, "t5", BORDERLINE)
    assert rulings.draft(db, case.verdict, case.label) == Draft()


def test_every_pair_goes_into_a_file_that_runs_no_formula(db, run):
    ruled(db, run, "t5", JUDGE_WRONG, HOSTILE)
    text = disagreements.pairs(db, run, "Ann", False, "csv").decode("utf-8-sig").lstrip("\u2060")
    found = {one["id"]: one for one in csv.DictReader(io.StringIO(text))}
    assert list(found["t0"]) == disagreements.COLUMNS and len(found) == 10
    assert found["t5"] == {
        "id": "t5", "input": "question of t5", "output": "answer to t5", "expert_outcome": "fail",
        "expert_critique": "why fail", "expert_mode": "unknown", "judge_outcome": "pass",
        "judge_critique": "judge on t5", "agree": "no", "ruling": JUDGE_WRONG,
        "ruling_note": "'" + HOSTILE}
    assert found["t0"]["agree"] == "yes" and found["t0"]["ruling"] == ""
    with pytest.raises(UsageError, match=r"\.xls"):
        disagreements.pairs(db, run, "Ann", False, "xls")


def test_criteria_are_edited_with_a_reason_and_never_over_another_tabs_version(db):
    assert keeping.begun(db) == criteria.Draft(0, "")
    for typed, sentence in ((criteria.Draft(0, " ", "x"), "Write what pass"),
                            (criteria.Draft(0, "No prices.", " "), "why the criteria change")):
        with pytest.raises(UsageError, match=sentence):
            keeping.save(db, typed)
    assert keeping.begun(db).text == "No prices." and criteria.newest(db) is None
    assert keeping.save(db, criteria.Draft(0, "No prices.", "first")).number == 1
    assert criteria.draft(db) is None
    mine = criteria.Draft(0, "No dates.", "mine")
    with pytest.raises(UsageError, match="Version 1 was saved since"):
        keeping.save(db, mine)
    assert keeping.begun(db) == criteria.Draft(1, "No dates.", "mine")
    assert keeping.save(db, keeping.begun(db)).text == "No dates."
    with pytest.raises(UsageError, match="nothing was changed"):
        keeping.save(db, criteria.Draft(2, "No dates. ", "again"))
    keeping.keep(db, criteria.Draft(2, "No dates."))
    assert criteria.draft(db) is None


def test_labels_from_before_the_criteria_come_back_once_the_unclear_ones_first(db, run):
    with pytest.raises(UsageError, match="older than the criteria"):
        keeping.another_look(db, 3)
    ruled(db, run, "t6", UNCLEAR, "a line")
    assert len(criteria.earlier_labels(db, "Ann")) == 10
    assert keeping.another_look(db, 3, seed=1, token="token") == 3 == keeping.another_look(db, 3, seed=2, token="token")
    waits = queues.listing(db, "Ann")
    assert waits[0]["trace"] == "t6" and {one["queue"] for one in waits} == {"criteria"} and len(waits) == 3
    assert len(criteria.earlier_labels(db, "Ann")) == 7
    # What comes back keeps how it was first drawn: figures go on counting it.
    assert say(db, "t6", "fail", critique="read again").circumstances.unbiased
    assert len(queues.listing(db, "Ann")) == 2 and len(criteria.earlier_labels(db, "Ann")) == 7
