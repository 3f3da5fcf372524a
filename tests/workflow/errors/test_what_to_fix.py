"""What to fix first: the ranking and the page of a failure mode by hand-worked counts, decisions, and the files."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from lib.readers.formulas import unescape
from lib.records import Circumstances, UsageError
from lib.statistics.mode_pages import why_of
from lib.store.dataset import traces
from lib.store.errors import failure_modes, fixes, insights, mode_decisions, mode_history
from lib.store.errors.mode_decisions import Decision
from lib.store.judge import judges
from lib.workflow import addresses
from lib.workflow.errors import what_to_fix
from tests.support.steps import add, row, say

TODAY = date(2026, 11, 25)


def written(n: int, what: str = "refunds") -> str:
    return f"Case {n}: the answer invents a rule about {what}, because the policy says no such thing anywhere."


@pytest.fixture
def shop(db, make_trace):
    """30 traces in two months and versions: 12 fail, 10 coded; 'invented' is in 6, all by phone, 'rude' in 5.

    One more label, biased, has 'invented' too.
    """
    for n in range(30):
        trace = make_trace(f"t{n}", input=f"input {n}", created_at=f"2026-0{1 + n // 15}-05T00:00:00Z",
                           system_version=f"v{1 + n // 15}", dimensions={"way": ("phone" if n < 10 else "web",)})
        add(db, trace)
        say(db, f"t{n}", "fail" if n < 12 else "pass", critique=written(n) if n % 2 else "bad")
    for n in range(10):
        failure_modes.give(db, f"t{n}", ["invented"] * (n < 6) + ["rude"] * (n >= 5))
    add(db, make_trace("biased", input="another"))
    say(db, "biased", "fail", circumstances=Circumstances(queue="judge_fails", unbiased=False))
    failure_modes.give(db, "biased", ["invented"])
    return db


def test_frequency_times_impact_is_the_order(shop):
    """Of 11 coded fails 7 are invented and 5 rude: 7/11 × 2 against 5/11 × 2; high lifts 5/11 × 3 above."""
    first, second = what_to_fix.ranking(shop)
    assert (first.name, first.fails, first.share.value, first.weight) == ("invented", 7, 7 / 11, 14 / 11)
    assert (second.rank, second.name, second.fails) == (2, "rude", 5)
    mode_decisions.decide(shop, "rude", Decision(impact="high"))
    assert [mode.name for mode in what_to_fix.ranking(shop)] == ["rude", "invented"]


def test_unconfirmed_rejected_and_merged_modes_are_not_ranked(shop):
    mode_history.propose(shop, "proposed", "", [])
    mode_history.merge(shop, mode_history.by_name(shop, "rude"), mode_history.by_name(shop, "invented"))
    mode_history.reject(shop, failure_modes.add(shop, "no"))
    [only] = what_to_fix.ranking(shop)
    assert (only.name, only.fails) == ("invented", 11)


def test_the_page_counts_by_month_version_and_value_without_biased_labels(shop):
    """Of 30 unbiased labels 6 have it, all in January, on v1 and by phone; two of the fails are not coded."""
    page = what_to_fix.page(shop, "invented")
    assert (page.coded, page.uncoded, page.labelled, page.rate.value, page.hidden) == (11, 2, 30, 0.2, 2)
    assert [(one.value, one.passes, one.n) for one in page.months] == [("2026-01", 6, 15), ("2026-02", 0, 15)]
    assert [(one.value, one.passes, one.n) for one in page.versions] == [("v1", 6, 15), ("v2", 0, 15)]
    phone, web = page.clusters
    assert (phone.value, phone.k, phone.n, phone.small, web.k, web.n) == ("phone", 6, 10, True, 0, 20)
    # Fisher: C(10,6) / C(30,6) is 0.00035; no table of the other side is as unlikely. Twice that for two values.
    assert phone.p == pytest.approx(2 * 210 / 593_775) and phone.reading == "more often than elsewhere"


def test_a_fail_in_which_a_person_found_nothing_is_looked_through(shop):
    failure_modes.give(shop, "t10", [])
    assert what_to_fix.page(shop, "invented").hidden == 1


def test_the_best_critiques_are_the_named_one_and_then_those_that_teach(shop):
    assert [one.trace for one in what_to_fix.page(shop, "invented").critiques] == ["t1", "t3", "t5"]
    key = shop.value("select l.id from labels l join traces t on t.id = l.trace where t.trace_id = 't2'")
    shop.execute("update failure_modes set example = :key where name = 'invented'", key=key)
    assert [one.trace for one in what_to_fix.page(shop, "invented").critiques] == ["t2", "t1", "t3"]
    say(shop, "t3", "fail", critique=written(1))  # the same words twice teach once
    assert [one.trace for one in what_to_fix.page(shop, "invented").critiques] == ["t2", "t3", "t5"]


def test_fixes_and_insights_stand_on_the_page(shop):
    fixes.create(shop, "Quote the policy", "", "v3", ["invented"], [traces.key_of(shop, "t1")])
    insights.add(shop, "user", "They ask for exceptions", "Maya", ["t1"])
    insights.add(shop, "user", "Elsewhere", "Maya", ["t20"])
    page = what_to_fix.page(shop, "invented")
    assert page.fixes == ["1: Quote the policy (fixed, v3)"]
    assert [text.split(" (")[0] for text in page.insights] == ["They ask for exceptions"]


def test_a_decision_is_kept_with_its_history_and_the_same_again_is_none(shop):
    decided = Decision("in work", "high", "specification", "fix the prompt", "Maya", "2026-11-24")
    for _ in range(2):
        mode_decisions.decide(shop, "invented", decided)
    assert mode_decisions.get(shop, "invented").decided == decided
    assert [event["kind"] for event in mode_history.events(shop, mode_history.by_name(shop, "invented"))] == ["decided"]
    [invented, rude] = what_to_fix.ranking(shop)
    assert invented.marks(TODAY) == ["overdue"] and invented.marks(date(2026, 11, 24)) == [] == rude.marks(TODAY)


@pytest.mark.parametrize("wrong", [{"status": "done"}, {"impact": "huge"}, {"decision": "pray"}, {"kind": "x"},
                                   {"due_on": "soon"}])
def test_a_word_that_is_not_known_is_refused(shop, wrong):
    with pytest.raises(UsageError, match=next(iter(wrong.values()))):
        mode_decisions.decide(shop, "invented", Decision(**wrong))
    assert mode_decisions.get(shop, "invented").decided == Decision()


def test_what_is_fixed_asks_for_a_test_until_it_has_one(shop):
    mode_decisions.decide(shop, "rude", Decision(status="fixed"))
    assert [mode.untested for mode in what_to_fix.ranking(shop)] == [False, True]
    shop.execute("update judges set failure_mode = :mode where id = :judge", judge=judges.add(shop, "rude?"),
                 mode=mode_history.by_name(shop, "rude"))
    assert not any(mode.untested for mode in what_to_fix.ranking(shop))


def test_the_rate_says_why_it_is_of_so_many(shop):
    """30 labels, and one more on a trace that the judge's fails brought."""
    page = what_to_fix.page(shop, "invented")
    assert (page.labelled, page.drawn) == (30, 1)
    assert why_of(page) == ("of 30: labels of Ann on traces drawn without looking at an outcome. 1 more was drawn by "
                            "what somebody had said of them, which would distort the rate.")
    assert f"; {why_of(page)}\n" in what_to_fix.page_file(shop, "invented", "md").decode()
    assert f"{why_of(page)} At least: 2 of these" in what_to_fix.page_file(shop, "invented", "csv").decode()
    assert why_of(replace(page, drawn=0)) == "of 30: every label of Ann counts."


def test_markdown_carries_the_address_of_the_page_and_of_each_trace(shop):
    link = partial(addresses.of, "http://here:8501/errors", shop.project)
    text = what_to_fix.page_file(shop, "invented", "md", TODAY, link).decode()
    key = mode_decisions.get(shop, "invented").key
    assert f"\nhttp://here:8501/errors?project={shop.project}&view=Failure+modes&mode={key}\n" in text
    for one in what_to_fix.page(shop, "invented").critiques:
        assert f"\nTrace {one.trace}: http://here:8501/dataset?project={shop.project}&trace={one.trace}\n" in text
    assert f"- biased: another  \n  http://here:8501/dataset?project={shop.project}&trace=biased\n" in text
    assert "http" not in what_to_fix.page_file(shop, "invented", "md", TODAY).decode()


def test_files_hold_hostile_texts_as_texts(db, make_trace):
    name, critique = "=cmd|' /C calc'!A0", "![x](http://evil.example/x.png)\n# <script>alert(1)</script> | a | b |"
    add(db, row(make_trace("-1+2", input="@SUM(A1)\n| x |"), modes=(name,), Ann="fail"))
    say(db, "-1+2", "fail", critique=critique)
    mode_decisions.decide(db, name, Decision(owner="[me](javascript:alert(1))"))
    for text in (what_to_fix.page_file(db, name, "md", TODAY).decode(),
                 what_to_fix.overview_file(db, "md", TODAY).decode()):
        assert not re.search(r"(?<!\\)<|!\[|\]\(", text)
        assert all(line.count("|") - line.count("\\|") == 10 for line in text.splitlines() if line.startswith("| 1 |"))
    for data in (what_to_fix.page_file(db, name, "csv"), what_to_fix.overview_file(db, "csv", TODAY)):
        cells = [cell for line in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in line]
        assert not [cell for cell in cells if cell[:1] in ("=", "@", "-", "+")]
        assert name in map(unescape, cells)


def test_a_file_of_another_kind_and_an_unknown_mode_are_refused(shop):
    with pytest.raises(UsageError, match="Endings: md, csv"):
        what_to_fix.overview_file(shop, "pdf")
    with pytest.raises(UsageError, match="no failure mode 'x'"):
        what_to_fix.page_file(shop, "x", "md")
