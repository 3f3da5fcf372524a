"""Labels held against users' thumbs: figures by hand, where they differ, noted as a cycle, and asked for in time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lib.records import Circumstances, UsageError
from lib.records.feedback import Feedback
from lib.store import cycles, experts, feedback
from lib.store.dataset import traces
from lib.store.removal import removing
from lib.store.removal.removing import TRACES, Thing
from lib.store.review import labels
from lib.workflow.dataset import exchange
from lib.workflow.review import feedback as checked
from tests.support.commands import CommandLine
from tests.support.steps import add, row, say

CSV = ("id,input,output,feedback,feedback_comment\n"
       + "".join(f"{name},{name}?,so,{thumb},{words}\n" for name, thumb, words in (
           ("a", "up", ""), ("b", "up", ""), ("c", "up", ""), ("d", "down", "wrong place"), ("e", "down", ""),
           ("f", "up", "nice"), ("g", "", "too long"))))


@pytest.fixture
def given(db, make_trace):
    """Ann passes a, b, c and d, fails e and f: four of six as users say."""
    for name, thumb in zip("abcdef", ("up", "up", "up", "down", "down", "up"), strict=True):
        words = "wrong place" if name == "d" else ""
        add(db, replace(row(make_trace(name)), feedback=(Feedback("thumbs", thumb, words, "u1"),)))
        say(db, name, "pass" if name in "abcd" else "fail", critique=f"why {name}")
    experts.make_principal(db, "Ann")
    return db


def test_agreement_kappa_and_the_traces_that_differ(given):
    found = checked.compare(given)
    assert found.counts.cells == (3, 1, 1, 1)
    # 4 of 6 agree; by chance 4/6 * 4/6 + 2/6 * 2/6 = 5/9, so kappa is (2/3 - 5/9) / (4/9) = 1/4.
    assert found.agreement.value == pytest.approx(2 / 3) and found.kappa.value == pytest.approx(0.25)
    # Wilson's interval, at its near end that of two that differ as a Poisson count: 1 - 0.3554 / 6.
    assert (found.agreement.low, found.agreement.high) == pytest.approx((0.3, 0.9408), abs=1e-4)
    assert [(one.trace, one.outcome, one.critique, one.said[0].value, one.said[0].comment)
            for one in found.differing] == [("d", "pass", "why d", "down", "wrong place"),
                                            ("f", "fail", "why f", "up", "")]


def test_words_alone_users_at_odds_and_labels_of_no_rate_are_left_out_and_counted(given, make_trace):
    add(given, replace(row(make_trace("g")), feedback=(Feedback("remark", None, "hm"),)),
        replace(row(make_trace("h")), feedback=(Feedback("thumbs", "up"), Feedback("thumbs", "down", who="u2"))),
        replace(row(make_trace("i")), feedback=(Feedback("thumbs", "down"),)))
    say(given, "g", "pass")
    say(given, "h", "pass")
    labels.save(given, "i", "Ann", "pass", "so", circumstances=Circumstances(queue="feedback", unbiased=False))
    found = checked.compare(given)
    assert (found.counts.n, found.wordy, found.mixed, found.left_out) == (6, 1, 1, 1)
    assert "1 trace drawn for an outcome" in found.left_out_words
    assert found.differing[-1].trace == "i" and not found.differing[-1].counts
    assert checked.compare(given, every=True).counts.n == 7


def test_a_check_is_noted_as_a_cycle_that_is_done(given):
    number = checked.note(given, checked.compare(given), "Users want the price.")
    (cycle,) = cycles.every(given)
    assert (cycle.id, cycle.trigger) == (number, cycles.SCHEDULED) and cycle.closed_at
    assert "agree on 4 of 6 traces (67%" in cycle.reason and cycle.reason.endswith("Users want the price.")
    (check,) = feedback.checks(given)
    assert check.figures["cells"] == [3, 1, 1, 1] and cycles.current(given) is None


def test_nothing_to_note_is_a_sentence(db, make_trace):
    add(db, make_trace("a"))
    say(db, "a", "pass")
    experts.make_principal(db, "Ann")
    with pytest.raises(UsageError, match="No trace has both a label of Ann that counts and a thumb of users"):
        checked.note(db, checked.compare(db))
    assert cycles.every(db) == [] and checked.compare(db).agreement.value is None


def test_a_stand_in_is_asked_every_four_weeks_an_expert_only_where_the_team_says_so(given):
    assert checked.reminder(given) == "" and checked.schedule(given).days == 0
    feedback.set_days(given, 7)
    assert checked.reminder(given) == "Labels were never held against users' feedback: a first check is due."
    feedback.set_days(given, 0)
    assert checked.reminder(given) == ""
    given.execute("update projects set feedback_days = null where id = :project")
    given.execute("update experts set basis = 'developer' where name = 'Ann'")
    assert checked.schedule(given).days == 28 and checked.schedule(given).overdue
    checked.note(given, checked.compare(given))
    plan = checked.schedule(given)
    assert plan.due == cycles.today() + timedelta(days=28) and not plan.overdue and checked.reminder(given) == ""
    given.execute("update cycles set opened_at = '2026-01-02T00:00:00.000Z'")
    assert checked.reminder(given) == ("Labels were last held against users' feedback on 2026-01-02. The next check "
                                       "has been due since 2026-01-30.")
    with pytest.raises(UsageError, match="0 \\(none\\) to 3,650 days"):
        feedback.set_days(given, -1)


def test_without_feedback_nothing_is_due(db, make_trace):
    add(db, make_trace("a"))
    feedback.set_days(db, 7)
    assert checked.reminder(db) == ""


def test_a_deleted_trace_takes_what_users_said_with_it(given):
    thing = Thing(TRACES, (traces.key_of(given, "d"),), "d", "d")
    seen = removing.look(given, thing)
    assert seen.counts["feedback"] == 1
    removing.remove(given, thing, seen)
    assert feedback.count(given) == 5 and given.value("select count(*) from feedback where comment <> ''") == 0


def test_on_the_command_line_from_the_file_to_the_cycle(tmp_path):
    cli, file = CommandLine(tmp_path / "p.db"), tmp_path / "t.csv"
    file.write_text(CSV)
    assert "7 pieces of users' feedback" in cli("import", file).stdout
    assert "0 new traces" in cli("import", file).stdout
    assert len(cli.json("feedback", "list")["feedback"]) == 7
    labelled = tmp_path / "l.csv"
    labelled.write_text("id,input,output,Ann_label\n" + "".join(
        f"{name},{name}?,so,{'pass' if name in 'abcd' else 'fail'}\n" for name in "abcdef"))
    cli("import", labelled)
    found = cli.json("feedback", "check", "--expert", "Ann", "--note")
    assert found["n"] == 6 and found["counts"]["pass_pass"] == 3 and found["cycle"] == 1
    assert [one["trace"] for one in found["differing"]] == ["d", "f"]
    assert "wrong place" in cli("feedback", "check", "--expert", "Ann").stdout
    assert "The next check is due on" in cli("feedback", "schedule", "7").stdout
    assert cli.json("cycles", "list")["cycles"][0]["closed_at"]
    drawn = cli.json("queue", "draw", "--expert", "Bob", "--size", "5", "--mix", "feedback=1", "--seed", "1")
    assert drawn["counts"]["random"] == 1 and drawn["counts"]["feedback"] == 4
    assert "thumb down: wrong place" in cli("queue", "list").stdout


def test_an_export_of_traces_and_labels_carries_it_and_brings_it_back(given, tmp_path, db):
    whole = exchange.export(given, "traces", "jsonl")
    assert b'"comment": "wrong place"' in whole.replace(b'":"', b'": "')
    assert b"wrong place" in exchange.export(given, "labels", "csv")
    assert b"wrong place" in exchange.export(given, "feedback", "csv")
    cli, file = CommandLine(tmp_path / "other.db"), tmp_path / "traces.jsonl"
    file.write_bytes(whole)
    assert "6 pieces of users' feedback" in cli("import", file).stdout
    assert {row["value"] for row in cli.json("feedback", "list")["feedback"]} == {"up", "down"}


def test_a_copy_that_is_merged_brings_it_with_its_new_traces_and_counts_the_rest(tmp_path):
    theirs, mine, file = CommandLine(tmp_path / "copy.db"), CommandLine(tmp_path / "mine.db"), tmp_path / "t.csv"
    file.write_text(CSV.replace("input,output", "input,output,Ann_label", 1).replace("?,so,", "?,so,pass,"))
    theirs("import", file)
    other = tmp_path / "o.csv"
    other.write_text("id,input,output\nd,d?,so\n")
    mine("import", other)
    said = mine("merge", theirs.path).stdout + mine("merge", theirs.path).stdout
    assert "pieces of users' feedback on traces that are here already (import their file)" in said
    assert sorted(row["id"] for row in mine.json("feedback", "list")["feedback"]) == list("abcefg")
