"""The report: the same figures as the pages, every text as a text, and a sentence where something is missing."""

import re
from functools import partial
from html import unescape
from html.parser import HTMLParser

import pytest

from lib.records import Verdict
from lib.statistics.mode_pages import share_words
from lib.store import projects
from lib.store.errors import failure_modes, mode_decisions
from lib.store.judge import runs, verdicts
from lib.workflow import addresses, figures
from lib.workflow.errors import over_time, what_to_fix
from lib.workflow.judge import judging
from lib.workflow.overview import report
from tests.support.commands import CommandLine
from tests.support.steps import add, row, say

HOSTILE = "</style><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)> \" ' & javascript:alert(1)"
LINK = partial(addresses.of, "http://plumbline.example/app/", 1)


@pytest.fixture
def shop(db, make_trace):
    """Twenty labels in two months, eight of them fails, of which six are coded; a judge that fails what has an even
    number."""
    add(db, *(row(make_trace(f"t{n:02}", created_at=f"2026-0{1 + n % 2}-03T10:00:00Z"),
                  Ann="fail" if n < 8 else "pass") for n in range(20)))
    for n in range(8):
        say(db, f"t{n:02}", "fail", critique=HOSTILE if n == 7 else f"It made up rule {n}.\nAnd said so.")
    for n, name in enumerate(["late", "late", HOSTILE, "late", "rude", "late"], 2):
        failure_modes.give(db, f"t{n:02}", [name])
    mode_decisions.decide(db, "late", mode_decisions.Decision(owner="Maya", due_on="2020-01-01"))
    run = runs.create(db, judging.save_prompt(db, judging.DEFAULT_JUDGE, "{{ trace }}", []).key, "m", "environment")
    for place, key in enumerate(runs.pending(db, run)):
        verdicts.save(db, run, key, Verdict("pass" if place % 2 else "fail", "so"))
    runs.set_status(db, run, "done")
    return db


class Page(HTMLParser):
    """What a browser makes of a page: its tags with their attributes, and its texts."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_it_says_what_the_pages_say(shop):
    found = report.report(shop)
    ranked, rates, [standing] = what_to_fix.ranking(shop), over_time.series(shop, "month"), figures.standing(shop)
    assert [mode for mode, _ in found.modes] == ranked and found.rates == rates and found.judges == [standing]
    text = Page(report.as_html(found, LINK)).text
    assert "60% of 20" in text and "from labels of Ann" in text and "2 fails not named yet." in text
    assert "1. late" in text and f"4 fails, {share_words(ranked[0].share)} of the coded ones" in text
    assert "Maya, due 2020-01-01, overdue" in text and "It made up rule 2. And said so." in text
    assert "Provisional: 20 labelled traces" in text and "Not shown to hold the target" not in text


def test_no_text_of_anybody_is_obeyed_and_no_address_asked(shop):
    page = Page(report.as_html(report.report(shop), LINK))
    assert {tag for tag, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "a", "blockquote", "br", "span",
        "table", "thead", "tbody", "tr", "th", "td", "svg", "line", "text", "polyline", "circle"}
    assert not [attrs for _, attrs in page.tags if any(name.startswith("on") or name == "src" for name in attrs)]
    links = [attrs["href"] for tag, attrs in page.tags if "href" in attrs]
    assert links and all(link.startswith("http://plumbline.example/app/") for link in links)
    assert "<script>alert(1)</script>" in page.text
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv"))
    assert policy.startswith("default-src 'none'")
    assert "href" not in report.as_html(report.report(shop)).decode()


def test_the_chart_has_a_dot_and_a_whisker_for_every_month_and_says_them(shop):
    page = Page(report.as_html(report.report(shop)))
    assert sum(tag == "circle" for tag, _ in page.tags) == 2
    [said] = [attrs["aria-label"] for tag, attrs in page.tags if tag == "svg"]
    assert said == "Pass rate by month: 2026-01 60% of 10; 2026-02 60% of 10"


def test_of_an_empty_project_it_says_what_is_missing(db):
    text = Page(report.as_html(report.report(db))).text
    assert all(missing in text for missing in (
        "Nobody has labelled a trace yet.", "No failure mode is named yet.", "There is no judge yet."))


def test_the_command_writes_it_with_links_or_without(shop, tmp_path):
    cli, file = CommandLine(shop.path), tmp_path / "report.html"
    cli("report", file)
    assert "<a " not in file.read_text() and projects.current(shop).name in file.read_text()
    cli("report", file, "--address", "https://plumbline.example")
    key = mode_decisions.get(shop, "late").key
    assert f"https://plumbline.example/errors?project=1&view=Failure+modes&mode={key}" in unescape(file.read_text())
    assert re.search("is no address of the app", cli.refused("report", file, "--address", "plumbline.example"))
