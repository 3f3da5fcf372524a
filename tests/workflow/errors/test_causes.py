"""Why it fails: shares among coded fails by frequency × impact, by groups, in time, and whether new ones come."""

import pytest

from lib.records import UsageError
from lib.store.errors import distributions, failure_modes, mode_decisions
from lib.store.errors.mode_decisions import Decision
from lib.workflow.errors import causes
from tests.support.commands import CommandLine
from tests.support.pages import opened_page, words
from tests.support.steps import add, row

# The distribution of the article: 20 fails, one cause each.
ARTICLE = {"retrieval": 8, "tool call": 6, "prompt": 4, "other": 2}


@pytest.fixture
def twenty(db, make_trace):
    """The article's twenty fails by month, week and version, in two topics, and three that nobody coded."""
    names = [name for name, n in ARTICLE.items() for _ in range(n)]
    add(db, *(row(make_trace(f"t{place}", dimensions={"topic": ("a" if place % 2 else "b",)},
                             created_at="2026-03-05T10:00:00Z" if place < 10 else "2026-04-09",
                             system_version="v2" if place < 5 else "v10" if place < 15 else None),
                  modes=(name,), Ann="fail") for place, name in enumerate(names)),
        *(row(make_trace(f"u{place}", dimensions={"topic": ("a",)}), Ann="fail") for place in range(3)))
    return db


def test_the_article_s_twenty_fails_are_40_30_20_and_10_per_cent(twenty):
    found = causes.causes(twenty)
    assert [(mode.name, mode.fails, mode.share.value) for mode in found.modes] == [
        ("retrieval", 8, 0.4), ("tool call", 6, 0.3), ("prompt", 4, 0.2), ("other", 2, 0.1)]
    assert (found.coded, found.uncoded, found.note) == (20, 3, "")


def test_impact_weighs_and_can_be_left_out(twenty):
    mode_decisions.decide(twenty, "other", Decision(impact="high"))
    mode_decisions.decide(twenty, "prompt", Decision(impact="high"))
    mode_decisions.decide(twenty, "retrieval", Decision(impact="low"))
    # 6 × 2 = 12 and 4 × 3 = 12: equal, so the more frequent one comes first; then 8 × 1 and 2 × 3.
    assert [mode.name for mode in causes.causes(twenty).modes] == ["tool call", "prompt", "retrieval", "other"]
    assert [mode.name for mode in causes.causes(twenty, by_impact=False).modes] == list(ARTICLE)


def test_several_modes_and_none_at_all_are_coded_fails(twenty):
    failure_modes.give(twenty, "t0", ["retrieval", "prompt"], "Ann")
    failure_modes.give(twenty, "u0", [], "Ann")
    found = causes.causes(twenty)
    assert (found.coded, found.uncoded) == (21, 2)
    assert [mode.share.value for mode in found.modes][:3] == pytest.approx([8 / 21, 6 / 21, 5 / 21])
    assert "more than 100 %" not in found.note, "8 + 6 + 5 + 2 of 21 is 100 %"
    failure_modes.give(twenty, "t1", ["retrieval", "prompt"], "Ann")
    assert "more than 100 %" in causes.causes(twenty).note


def test_by_dimension_each_share_is_of_the_group_s_coded_fails(twenty):
    found = causes.cut(twenty, dimension="topic")
    assert found.groups == [("b", 10, 0), ("a", 10, 3)] and found.modes == ["retrieval", "tool call", "prompt", "other"]
    # Of t0 to t7 every second one is in each topic.
    assert [(rate.value, rate.passes, rate.n, rate.rate.value) for rate in found.rates("retrieval")] == [
        ("b", 4, 10, 0.4), ("a", 4, 10, 0.4)]


@pytest.mark.parametrize(("period", "groups"), [
    ("month", ["2026-03", "2026-04"]), ("week", ["2026-03-02", "2026-04-06"]), ("version", ["v2", "v10"])])
def test_over_time_and_versions_groups_come_in_their_order(twenty, period, groups):
    found = causes.cut(twenty, period=period)
    named = found.groups[:2]
    assert [group for group, *_ in named] == groups
    # t0 to t7 are retrieval: eight of March's ten; of v2's five all, of v10's ten three.
    assert [rate.passes for rate in found.rates("retrieval")][:2] == ([8, 0] if period != "version" else [5, 3])


def test_a_fail_without_a_time_is_counted_when_it_was_labelled(twenty):
    today = twenty.value("select substr(created_at, 1, 7) from labels where trace = (select max(id) from traces)")
    assert causes.cut(twenty, period="month").groups[-1] == (today, 0, 3)


def test_the_curve_counts_fails_without_a_mode_too_and_estimates_what_is_unseen(twenty):
    failure_modes.give(twenty, "u0", [], "Ann")
    failure_modes.give(twenty, "u1", ["new one"], "Ann")
    found = causes.saturation(twenty)
    assert found.curve == [1] * 8 + [2] * 6 + [3] * 4 + [4] * 2 + [4, 5]
    # One of the 21 modes given was given once: 1/21.
    assert (found.given, found.unseen.value) == (21, pytest.approx(1 / 21))


def test_what_only_a_model_says_stands_apart(twenty):
    mode = twenty.value("select id from failure_modes where name = 'prompt'")
    analysis = twenty.execute("""insert into analyses (project, kind, endpoint, model, status)
        values (:project, 'codes', 'e', 'm', 'done')""")
    for trace in ("t0", "u0", "t15"):
        twenty.execute("""insert into proposed_codes (analysis, trace, failure_mode)
            select :analysis, id, :mode from traces where project = :project and trace_id = :trace""",
                       analysis=analysis, mode=mode, trace=trace)
    # t0 and t15 a person has coded: only u0 waits.
    assert causes.causes(twenty).proposed == [("prompt", 1)]
    assert causes.causes(twenty).coded == 20


def test_a_cut_by_what_does_not_exist_is_refused_and_an_empty_project_has_no_cause(db):
    assert causes.causes(db).modes == []
    with pytest.raises(UsageError, match="no dimension 'mood'"):
        causes.cut(db, dimension="mood")
    assert distributions.PERIODS == ("week", "month", "version")


def test_the_command_line_has_the_table_by_impact_by_dimension_and_in_time(twenty):
    cli = CommandLine(twenty.path)
    found = cli.json("modes", "table")
    assert (found["coded"], found["uncoded"], found["order"]) == (20, 3, "impact")
    first = found["modes"][0]
    assert (first["name"], first["fails"], first["share"]["value"], first["frequency_times_impact"]) == (
        "retrieval", 8, 0.4, 16)
    found = cli.json("modes", "table", "--by", "topic", "--frequency")
    assert [group["value"] for group in found["groups"]] == ["b", "a"] and found["order"] == "frequency"
    assert found["cells"][0] == {"failure_mode": "retrieval", "group": "b", "fails": 4, "coded": 10,
                                 "share": found["cells"][0]["share"]}
    assert "retrieval\t8 fails\t40%" in cli("modes", "table", "--over", "month").stdout
    assert "--by cannot go with --over" in cli.refused("modes", "table", "--by", "topic", "--over", "week")


def test_the_page_shows_every_cut_and_a_cell_from_the_address(twenty, monkeypatch):
    app = opened_page(monkeypatch, twenty, "errors", view="Failure modes", cut="dimension", mode_by="topic",
                      mode_cell='["retrieval", "a"]')
    assert "20 fails coded, 3 not yet." in words(app) and "Fails with retrieval, topic a: 4" in words(app)
    for cut in ("month", "week", "version", "curve"):
        app.selectbox(key="cut").select(cut).run()
        assert not app.exception, cut
    assert "Chance that the next failure mode given is a new one" in words(app)
