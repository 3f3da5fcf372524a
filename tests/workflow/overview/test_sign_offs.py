"""What only the principal may do waits when anybody else asks for it: no figure moves until the principal agrees."""

import pytest

from lib.records import UsageError, Verdict
from lib.records.people import ENGINEER, EXPERT, PM
from lib.store import experts, people
from lib.store import sign_offs as stored
from lib.store.judge import rulings, runs, splits, verdicts
from lib.store.review import criteria, labels
from lib.store.team import accounts
from lib.workflow import figures
from lib.workflow import people as team
from lib.workflow.judge import disagreements, judging, splitting
from lib.workflow.judge.disagreements import Ending
from lib.workflow.overview import sign_offs
from lib.workflow.review import criteria as keeping
from lib.workflow.review import reviewers
from tests.support.steps import add, row, say

JUDGE = judging.DEFAULT_JUDGE
WORDS = {"note": "I asked the carrier", "critique": "It names the day"}


@pytest.fixture
def db(db, make_trace):
    """Ann failed t0 to t3, Bob passes two of them, the judge passes all; Eve is the engineer."""
    add(db, *(row(make_trace(f"t{n}", split="dev"), Ann="fail") for n in range(4)))
    for trace in ("t0", "t1"):
        say(db, trace, "pass", "Bob", critique="fine")
    run = runs.create(db, judging.save_prompt(db, JUDGE, "Critique. {{ trace }}", []).key, "m", "environment")
    for key in runs.pending(db, run):
        verdicts.save(db, run, key, Verdict("pass", "It answers."))
    runs.set_status(db, run, "done")
    people.enter(db, "Eve", "engineer")
    return db


@pytest.fixture
def ann(db):
    return db.by("Ann")


@pytest.fixture
def eve(db):
    return db.by("Eve")


def case(store, trace: str = "t0"):
    return rulings.case(store, runs.newest(store, JUDGE).id, "Ann", trace, every=True)


def measured(store) -> tuple:
    """All that a figure is made of."""
    return (figures.agreement(store, JUDGE).counts, labels.tally(store, "Ann"), labels.tally(store, "Bob"),
            len(labels.history(store, "t0")), criteria.newest(store), experts.principal(store),
            splits.looks(store, JUDGE), disagreements.standing(store, runs.newest(store, JUDGE).id, "Ann"))


ASKED = {
    "label wrong": lambda s: disagreements.ask(s, case(s), Ending("label wrong", **WORDS)),
    "criterion unclear": lambda s: disagreements.ask(s, case(s), Ending("criterion unclear", "Name the day.")),
    "criteria": lambda s: keeping.ask(s, criteria.Draft(0, "Name the day.", "nobody knew")),
    "adjudication": lambda s: reviewers.ask(s.by("Bob"), "t0", "pass", "It names the day", "I asked the carrier"),
    "principal": lambda s: team.make_principal(s, "Bob", "Ann is away"),
    "merge": lambda s: team.merge(s, "Bob", "Ann", "one human"),
}
DONE = {
    "label wrong": lambda s: labels.current(s, "t0", "Ann").outcome == "pass" and case(s).ruling.kind == "label wrong",
    "criterion unclear": lambda s: criteria.newest(s).text == "- Name the day.",
    "criteria": lambda s: criteria.newest(s).text == "Name the day.",
    "adjudication": lambda s: labels.current(s, "t0", "Ann").critique == "It names the day",
    "principal": lambda s: experts.principal(s).name == "Bob",
    "merge": lambda s: experts.called(s, "Bob") == "Ann",
}


@pytest.mark.parametrize("what", ASKED)
def test_nothing_moves_while_it_waits_and_all_of_it_when_the_principal_agrees(ann, eve, what):
    before = measured(eve)
    asked = ASKED[what](eve)
    assert measured(eve) == before and [one.number for one in stored.waiting(ann)] == [asked.number]
    done = sign_offs.agree(ann, asked.number)
    assert DONE[what](ann) and measured(ann) != before
    assert (done.decision, done.decided_by) == ("agreed", "Ann") and stored.waiting(ann) == []
    with pytest.raises(UsageError, match="was agreed by Ann already"):
        sign_offs.decline(ann.by(None), asked.number)


@pytest.mark.parametrize("what", ASKED)
def test_declined_it_never_happens_and_only_who_asked_may_withdraw(ann, eve, what):
    before, asked = measured(ann), ASKED[what](eve)
    stranger = eve.by("Pia")
    for verb in (sign_offs.agree, sign_offs.decline):
        with pytest.raises(UsageError, match="Only the principal expert, Ann"):
            verb(stranger, asked.number)
    assert sign_offs.decline(ann, asked.number).decision == "declined" and measured(ann) == before
    again = ASKED[what](eve)
    assert sign_offs.decline(eve.by(again.asked_by), again.number).decision == "withdrawn" and measured(ann) == before


@pytest.mark.parametrize("what", ASKED)
def test_every_kind_is_said_in_words(ann, eve, what):
    asked = ASKED[what](eve)
    assert sign_offs.in_words(asked) and sign_offs.consequence(ann, asked).endswith(".")


def test_what_is_written_in_the_end_says_who_asked_and_who_agreed(ann, eve):
    sign_offs.agree(ann, ASKED["label wrong"](eve).number)
    assert case(ann).ruling.author == "Eve, agreed by Ann" and labels.history(ann, "t0", "Ann")[0].circumstances.reason
    sign_offs.agree(ann, ASKED["criteria"](eve).number)
    assert criteria.newest(ann).author == "Eve, agreed by Ann"


VERBS = {
    "a label": lambda s: disagreements.rule(s, case(s), Ending("label wrong", **WORDS, expert="Ann")),
    "the criteria by a ruling": lambda s: disagreements.rule(s, case(s), Ending("criterion unclear", "x")),
    "the criteria": lambda s: keeping.save(s, criteria.Draft(0, "x", "y")),
    "an adjudication": lambda s: reviewers.adjudicate(s, "Ann", "t0", "pass", "x", "y"),
    "the test": lambda s: splitting.open_test(s, 1, "because"),
    "the principal's place": lambda s: team.retire(s, "Ann", "Bob"),
}


@pytest.mark.parametrize("person", ["Eve", "Bob", ""])
@pytest.mark.parametrize("what", VERBS)
def test_the_verb_itself_refuses_everybody_else_and_nobody(db, what, person):
    before = measured(db)
    with pytest.raises(UsageError, match="Only the principal expert, Ann"):
        VERBS[what](db.by(person))
    assert measured(db) == before


def test_nobody_asks_without_a_name_and_a_reason(db, eve):
    with pytest.raises(UsageError, match="Say who you are first"):
        team.make_principal(db.by(""), "Bob", "because")
    with pytest.raises(UsageError, match="Say why"):
        team.make_principal(eve, "Bob", "  ")
    with pytest.raises(UsageError, match="needs a critique"):
        reviewers.ask(db.by("Bob"), "t0", "pass", "", "why")
    with pytest.raises(UsageError, match="Write why it is pass"):
        disagreements.ask(eve, case(eve), Ending("label wrong", "because"))
    assert stored.waiting(db) == []


def test_asked_again_by_the_same_the_newer_wish_counts_and_another_person_s_waits_its_turn(ann, eve):
    first, second = ASKED["criteria"](eve), keeping.ask(eve, criteria.Draft(0, "Name the hour.", "better"))
    assert [one.number for one in stored.waiting(ann)] == [second.number]
    assert stored.get(ann, first.number).decision == "withdrawn"
    with pytest.raises(UsageError, match="Eve has asked for the same already"):
        keeping.ask(eve.by("Bob"), criteria.Draft(0, "Name nothing.", "why not"))


def test_what_has_changed_since_is_refused_and_still_waits(ann, eve):
    asked, words = ASKED["label wrong"](eve), ASKED["criteria"](eve)
    say(ann, "t0", "fail", critique="looked again")
    criteria.save(ann, "Something else.", "Ann's own")
    with pytest.raises(UsageError, match="has changed since Eve asked"):
        sign_offs.agree(ann, asked.number)
    with pytest.raises(UsageError, match=r"Version 1 of the criteria was saved since Eve asked"):
        sign_offs.agree(ann, words.number)
    assert len(stored.waiting(ann)) == 2 and criteria.newest(ann).text == "Something else."


def test_a_ruling_is_taken_back_by_a_sign_off_too(ann, eve):
    disagreements.rule(ann, case(ann), Ending("label wrong", **WORDS, expert="Ann"))
    with pytest.raises(UsageError, match="Only the principal expert"):
        disagreements.take_back(eve, case(eve), "Ann")
    asked = disagreements.ask_back(eve, case(eve), "The carrier was wrong.")
    assert labels.current(ann, "t0", "Ann").outcome == "pass"
    sign_offs.agree(ann, asked.number)
    assert labels.current(ann, "t0", "Ann").outcome == "fail" and case(ann).ruling is None


def test_how_others_would_settle_a_trace_is_hidden_from_who_has_not_labelled_it(ann, eve):
    asked = ASKED["adjudication"](eve)
    assert sign_offs.text(ann, asked) == "It names the day" and sign_offs.may_see(eve.by(None), asked)
    assert sign_offs.text(eve, asked) == "" and sign_offs.consequence(eve, asked) == sign_offs.HIDDEN


def test_the_rights_of_a_new_principal_are_his_and_the_old_one_asks(ann, eve):
    team.make_principal(ann, "Bob")
    with pytest.raises(UsageError, match="Only the principal expert, Bob"):
        keeping.save(ann, criteria.Draft(0, "x", "y"))
    asked = keeping.ask(ann, criteria.Draft(0, "x", "y"))
    assert sign_offs.agree(ann.by("Bob"), asked.number).decided_by == "Bob"


def test_a_merge_of_two_others_is_nobody_s_right_and_another_project_s_sign_off_is_not_found(db, eve):
    people.enter(db, "Bobby", EXPERT)
    assert team.merge(eve, "Bobby", "Bob") is None and experts.called(db, "Bobby") == "Bob"
    asked = ASKED["criteria"](eve)
    with pytest.raises(UsageError, match="There is no sign-off"):
        stored.get(db.of(db.project + 1), asked.number)


NO_EXPERT = "the principal's role has to be expert"


def test_nobody_but_an_expert_becomes_principal_by_any_way(db, ann, eve):
    for verb in (lambda: team.make_principal(ann, "Eve"), lambda: team.make_principal(eve, "Eve", "I know more"),
                 lambda: experts.make_principal(db, "Eve"), lambda: team.retire(ann, "Ann", "Eve"),
                 lambda: team.merge(ann, "Ann", "Eve"), lambda: team.merge(eve, "Ann", "Eve", "one human")):
        with pytest.raises(UsageError, match="Eve works here as an engineer, and " + NO_EXPERT):
            verb()
    with pytest.raises(UsageError, match="whose role has to be expert"):
        people.enter(db, "Ann", PM)
    assert experts.principal(db).name == "Ann" and people.get(db, "Ann").role == EXPERT
    assert stored.waiting(db) == [] and not people.get(db, "Ann").retired


def test_an_account_s_role_goes_before_the_list_of_people_and_is_asked_again_on_agreeing(db, ann, eve):
    asked = team.make_principal(eve, "Bob", "he knows more")
    accounts.add(db, "bob", "BOB", PM, None)
    assert people.get(db, "Bob").role == EXPERT
    with pytest.raises(UsageError, match="Bob works here as a PM, and " + NO_EXPERT):
        sign_offs.agree(ann, asked.number)
    assert stored.get(db, asked.number).decision is None and experts.principal(db).name == "Ann"
    accounts.set_role(db, "bob", EXPERT)
    sign_offs.agree(ann, asked.number)
    assert experts.principal(db).name == "Bob"


@pytest.mark.parametrize("role", [ENGINEER, PM])
def test_a_principal_whose_role_was_taken_away_decides_nothing(db, ann, eve, role):
    asked, now = ASKED["criteria"](eve), ann.by("Ann", role=role)
    for verb in (sign_offs.agree, sign_offs.decline):
        with pytest.raises(UsageError, match=f"Ann is the principal expert but works as an? {role}.*users role"):
            verb(now, asked.number)
    for verb in (lambda: people.merge(now, "Bob", "Ann"), lambda: people.retire(now, "Ann", "Bob"),
                 lambda: experts.make_principal(now, "Bob")):
        with pytest.raises(UsageError, match="Ann is the principal expert but works as"):
            verb()
    assert stored.get(db, asked.number).decision is None and experts.principal(db).name == "Ann"
    assert team.make_principal(now, "Bob", "I am no expert any more").kind == "principal"
    experts.make_principal(db, "Bob")  # the operator
    assert sign_offs.agree(db.by("Bob", role=EXPERT), asked.number).decided_by == "Bob"


def test_what_the_principal_is_the_principal_says_and_the_log_keeps_it(db, ann, eve):
    experts.describe(ann, "ann", "head of support", "")
    for who in (eve, db.by("Bob"), db.by("")):
        with pytest.raises(UsageError, match="Only Ann, the principal expert, says who that is"):
            experts.describe(who, "Ann", "head of support", "proxy for the expert")
        assert not experts.describes(who, "ANN")
    experts.describe(eve, "Bob", "clerk", "")
    experts.describe(db.by("Bob"), "Bob", "clerk", "years on the desk")
    experts.describe(db.by("Bob"), "Bob", "clerk", "years on the desk")  # nothing new
    experts.describe(db, "Ann", "", "")
    assert [(one.author, one.words) for one in people.log(db)] == [
        ("", "Ann: “nothing said” in place of “head of support”"),
        ("Bob", "Bob: “clerk, years on the desk” in place of “clerk”"),
        ("Eve", "Bob: “clerk” in place of “nothing said”"),
        ("Ann", "Ann: “head of support” in place of “nothing said”")]
