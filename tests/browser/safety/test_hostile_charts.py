"""Values and failure modes with hostile names: every chart is drawn, with all of them, and no error is logged."""

import pytest
from playwright.sync_api import expect

from lib.records import Trace, Verdict
from lib.store import open_store, projects
from tests.support.browser import idle, opened, serving
from tests.support.steps import add, row, say

NAMES = (
    # called as what a chart calls its own
    "value", "n", "count", "datum", "row", "column", "text", "mode", "low", "high", "rate", "date", "_vgsid_",
    # called as what every object of the browser has
    "constructor", "__proto__", "toString", "hasOwnProperty", "null", "undefined", "true", "NaN", "Infinity", "-1",
    "1e5",
    # signs that an expression, a path or a string reads
    "a.b[0]", "a\\b", "a\\", "\\u0041", "\"'`", "'", '"', "[", "]", ".", "a,b", "(", "${x}", "{{x}}", "*", "%",
    ":count:Q", "datum.n = alert(1)", "{'expr': 'now()'}", "<img src=x>", "http://evil.example/x.png",
    # as good as blank, control characters, other directions, and very long
    "\u200b", "\u2060", "\u00ad", "tab\there", "new\nline", "back\rhere", "\x01\x07\x1b[31m", "\x7f", "a\x85b",
    "a\u2028b", "\ufeffb", "\u202eabc", "😄", "L" * 3_000, "W w " * 1_000)
MANY = tuple(f"value {number}" for number in range(500))
PATH = "da.ta[0]\\"  # of a dimension
VIEWS = [("dataset", {"view": "Coverage", "rows": "value", "columns": "n"}),
         ("dataset", {"view": "Coverage", "rows": PATH, "columns": "n"}),
         ("errors", {"view": "Failure modes"}), ("errors", {"view": "Failure modes", "cut": "month"}),
         ("errors", {"view": "Failure modes", "cut": "system version"}),
         ("errors", {"view": "Failure modes", "cut": PATH}),
         ("errors", {"view": "Pass rates", "by": "value"}), ("errors", {"view": "Pass rates", "by": f"{PATH},n"}),
         ("errors", {"view": "Pass rates", "by": "system version"}), ("judge", {"view": "Bench", "judge": "bot"})]


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """A server and two projects: one with a trace for every hostile name, one with five hundred values."""
    file = open_store(tmp_path_factory.mktemp("charts") / "plumbline.db")
    stores = [_filled(projects.create(file, title), names) for title, names in (("odd", NAMES), ("many", MANY))]
    with serving() as start:
        yield start(file.path), stores


def _filled(store, names: tuple[str, ...]):
    add(store, *(row(Trace(f"t{number}", f"question {number}", f"answer {number}", system_version=name,
                           dimensions={"value": (name,), "n": (("x", "y", "__proto__")[number % 3],), PATH: (name,)},
                           created_at=f"2026-0{1 + number % 6}-02"),
                     modes=(name,), Ann="fail", verdicts={"bot": Verdict("fail")})
                 for number, name in enumerate(names)))
    for number in range(0, len(names), 3):
        say(store, f"t{number}", "pass")
    return store


@pytest.mark.parametrize("which", [0, 1], ids=["odd", "many"])
@pytest.mark.parametrize(("where", "params"), VIEWS, ids=str)
def test_every_chart_is_drawn_whatever_things_are_called(named, page, which, where, params):
    app, stores = named
    logged = []
    page.on("console", lambda said: logged.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: logged.append(str(error)))
    opened(page, app.at(where, project=stores[which].project, **params))
    idle(page)
    charts = page.get_by_test_id("stVegaLiteChart")
    expect(charts.first).to_be_attached()
    # Streamlit draws a chart of more than a thousand marks on a canvas.
    expect(page.locator("svg.marks, canvas.marks")).to_have_count(charts.count())
    assert [said for said in logged if "404" not in said] == []
    assert page.get_by_test_id("stException").count() == 0
