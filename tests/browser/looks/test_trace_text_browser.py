"""A trace's text in a real browser: what looks like what it is, what a search marks, and that nothing is too wide."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from lib.records import Trace
from lib.store import open_store, projects
from tests.support.browser import idle, opened
from tests.support.steps import add

GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 27)"}
TOO_WIDE = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => [one.tagName, one.scrollWidth, one.clientWidth])"""
# Whether a part lies in what is seen of the box that scrolls it.
SEEN = """one => { const at = one.getBoundingClientRect(); let box = one.parentElement;
    while (!['auto', 'scroll'].includes(getComputedStyle(box).overflowY)) box = box.parentElement;
    const seen = box.getBoundingClientRect(); return at.top >= seen.top && at.bottom <= seen.bottom + 1; }"""
ITEMS = [{"id": n, "name": f"item {n} of a long list of things", "price": {"net": n * 1.0, "note": "words " * 12}}
         for n in range(90)]
AS_STORED = '{"total":1.0,"total":12345678901234567890123,"items":' + json.dumps(ITEMS) + ',"last":"the needle"}'
MAIL = ("Subject: Your order\nTo: Ann <ann@shop.example>\nDate: 1 December\n\nDear Ann,\n\nit was *sent*.\n\n"
        "> one\n> two\n> three\n> four\n-- \nBob")
CHAT = [{"role": "system", "content": "Be kind to a NEEDLE. " * 60},
        {"role": "user", "content": "Find the nee**dle**."},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {
            "name": "find", "arguments": '{"what": "needle", "n": 1.0}'}}]},
        {"role": "tool", "name": "find", "content": "hay " * 300 + "needle"},
        {"role": "assistant", "content": "Here.\n\n" + "A paragraph of words. " * 300 + "\n\nÄ needle."}]
CODE = "```python\n    x = '" + "long " * 90 + "'\n```"
TABLE = "|" + "|".join(f"column {n}" for n in range(25)) + "|\n" + "|-" * 25 + "|\n" + "|value" * 25 + "|"
TRACES = {"chat": Trace("chat", "Find the needle.", CHAT[-1]["content"], messages=CHAT),
          "json": Trace("json", "As JSON", AS_STORED), "mail": Trace("mail", "Write", MAIL),
          "code": Trace("code", "User: Hi\nAssistant: Hi\nUser: Code!", CODE),
          "table": Trace("table", "As a table", TABLE), "csv": Trace("csv", "As CSV", "a,b,c\n1,2,3\n4,5,6"),
          "folded": Trace("folded", "x", "done", messages=[{"role": "user", "content": "x"}, CHAT[3],
                                                           {"role": "assistant", "content": "done"}]),
          "open": Trace("open", "Nothing yet", None)}


@pytest.fixture(scope="module")
def store(shared_app):
    """A project with a trace of each look, and one whose links lead back to the app itself."""
    made = projects.create(open_store(shared_app.path), "Looks of a text", "Did the AI help?")
    here = shared_app.url
    add(made, *TRACES.values(), Trace("links", "Where?", (
        f"[back]({here}/judge) {here}/errors [bank.example]({here}/dataset) <me@shop.example> "
        "[no](javascript:window.owned=1) ![no](http://127.0.0.1:9/x.png)")))
    return made


def card(page, app, store, trace: str, where: str = "dataset", **words: str):
    """The card of a trace, drawn."""
    opened(page, app.at(where, project=store.project, trace=trace, **words))
    found = page.locator(".st-key-trace_card")
    expect(found.locator(".tt-root").first).to_be_visible()
    return found


def test_who_speaks_is_told_apart_and_what_is_long_is_folded(shared_app, store, page):
    found = card(page, shared_app, store, "chat")
    expect(found.locator(".tt-who")).to_have_text([
        "system", "user", "Tool call: find", "Tool result: find", "assistant"])
    edges = found.locator(".tt-turn").evaluate_all("all => all.map(one => getComputedStyle(one).borderLeftColor)")
    assert len(set(edges)) == 4  # a tool's call and its result look alike
    folds = found.locator("details.tt-turn")
    assert folds.evaluate_all("all => all.map(one => one.open)") == [False, False]
    folds.first.locator("summary").click()
    expect(folds.first.locator("p")).to_be_visible()


def test_one_text_that_is_a_conversation_is_told_apart_too(shared_app, store, page):
    found = card(page, shared_app, store, "code")
    expect(found.locator(".tt-inner > .tt-who")).to_have_text(["User:", "Assistant:", "User:"])


def test_a_link_opens_a_tab_that_learns_nothing_and_says_where_it_leads(shared_app, store, page):
    found = card(page, shared_app, store, "links")
    links = found.locator(".tt-root a")
    host = shared_app.url.removeprefix("http://")
    assert links.evaluate_all("all => all.map(one => [one.target, one.rel, one.protocol])") == [
        ["_blank", "noopener noreferrer", "http:"]] * 3 + [["_blank", "noopener noreferrer", "mailto:"]]
    expect(links.nth(0).locator("+ span")).to_have_text(f" ({host})")
    expect(links.nth(2).locator("+ .tt-other")).to_have_text(f" ({shared_app.url}/dataset)")
    expect(found).to_contain_text("[no](javascript:window.owned=1)")
    expect(found.locator("img")).to_have_count(0)
    with page.expect_popup() as opening:
        links.nth(0).click()
    expect(opening.value.get_by_role("heading", name="Judge", exact=True)).to_be_visible()
    assert opening.value.evaluate("[window.opener, document.referrer]") == [None, ""]
    opening.value.close()


def test_what_a_search_found_is_marked_counted_and_a_press_away(shared_app, store, page):
    found = card(page, shared_app, store, "chat", "review", search="NEEdle")
    bar, marks = found.locator(".tt-hits"), found.locator("mark[data-hit]")
    expect(bar.get_by_role("status")).to_have_text("64 hits")  # 60 said to the system, and one in each other turn
    expect(marks).to_have_count(64)
    assert found.locator("mark").nth(60).text_content() + found.locator("mark").nth(61).text_content() == "needle"
    expect(found.locator(".tt-badge")).to_have_text(["60 hits", "1 hit"])
    assert not marks.last.evaluate(SEEN)
    bar.get_by_role("button", name="Previous hit").click()
    expect(bar.get_by_role("status")).to_have_text("64 of 64 hits")
    assert marks.last.evaluate(SEEN) and bar.evaluate(SEEN)
    bar.get_by_role("button", name="Next hit").click()
    expect(found.locator("details.tt-turn").first).to_have_attribute("open", "")
    page.wait_for_function(f"one => ({SEEN})(one)", arg=marks.first.element_handle())


def test_letters_are_compared_as_the_store_compares_them(shared_app, store, page):
    expect(card(page, shared_app, store, "chat", search="Ä NEEDLE").locator("mark")).to_have_text(["Ä needle"])
    opened(page, shared_app.at("dataset", project=store.project, trace="chat", search="ä needle"))
    expect(page.get_by_text("No trace fits")).to_be_visible()
    expect(card(page, shared_app, store, "chat", search="CHA").locator(".tt-hits")).to_contain_text("the id holds it")
    drawn = card(page, shared_app, store, "mail", search="*sent*")
    expect(drawn.locator(".tt-hits")).to_have_text(re.compile("No hit as it is rendered: switch Rendered off"))
    expect(drawn.locator("mark")).to_have_count(0)
    drawn.get_by_text("Rendered", exact=True).click()
    expect(drawn.locator("mark")).to_have_text(["*sent*"])
    expect(drawn.locator(".tt-hits").get_by_role("status")).to_have_text("1 hit")


def test_a_hit_that_is_folded_alone_unfolds(shared_app, store, page):
    found = card(page, shared_app, store, "folded", search="needle")
    expect(found.locator("details.tt-turn")).to_have_attribute("open", "")
    expect(found.locator("mark")).to_be_visible()
    found = card(page, shared_app, store, "json", search="item 89")
    expect(found.locator("mark")).to_have_text(["item 89"])
    assert found.locator("mark").evaluate("one => !one.closest('details:not([open])')")


def test_json_folds_and_its_stored_letters_are_a_press_away(shared_app, store, visitor):
    page = visitor.page(permissions=["clipboard-read", "clipboard-write"])
    found = card(page, shared_app, store, "json")
    closed = found.locator(".tt-fold:not([open])")
    assert closed.count() > 20
    expect(found.get_by_text('"total"').nth(1)).to_be_visible()
    expect(found.locator(".tt-json")).to_contain_text("12345678901234567890123,")
    expect(closed.last.locator("summary").first).to_contain_text("3 names }")
    found.get_by_role("button", name="Unfold all").click()
    expect(closed).to_have_count(0)
    found.get_by_role("button", name="Raw").click()
    expect(found.locator("pre.tt-wrapped")).to_be_visible()
    assert found.locator("pre.tt-wrapped").text_content() == AS_STORED
    expect(found.locator(".tt-json")).to_be_hidden()
    found.get_by_role("button", name="Copy").click()
    expect(found.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == AS_STORED


def test_a_mail_looks_like_one(shared_app, store, page):
    found = card(page, shared_app, store, "mail")
    expect(found.locator(".tt-head th")).to_have_text(["Subject", "To", "Date"])
    expect(found.locator(".tt-mail em")).to_have_text("sent")
    expect(found.get_by_text("> two")).to_be_hidden()
    found.get_by_text("4 quoted lines").click()
    expect(found.get_by_text("> two")).to_be_visible()
    expect(found.locator(".tt-mail > .tt-quiet")).to_have_text("-- \nBob")


def test_off_the_switch_shows_each_letter(shared_app, store, page):
    for trace in ("mail", "json", "code", "table"):
        found = card(page, shared_app, store, trace, rendered="false")
        assert found.locator(".tt-plain").all_text_contents() == [TRACES[trace].input, TRACES[trace].output]


def test_another_trace_begins_at_its_top(shared_app, store, page):
    found = card(page, shared_app, store, "chat", "review")
    found.evaluate("""one => { while (one.scrollHeight <= one.clientHeight) one = one.parentElement;
        one.scrollTop = 900; }""")
    assert not found.locator(".tt-turn").first.evaluate(SEEN)
    page.get_by_role("button", name="Next").first.click()
    expect(found.locator(".tt-who").first).to_have_text("Input")
    assert found.locator(".tt-turn").first.evaluate(SEEN)


@pytest.mark.parametrize("trace", [*TRACES, "links"])
def test_a_card_is_never_wider_than_a_phone_and_axe_finds_no_fault(shared_app, store, page, trace):
    page.set_viewport_size({"width": 390, "height": 844})
    found = card(page, shared_app, store, trace, search="e")
    if trace in ("code", "table"):
        assert found.locator(".tt-code, .tt-scroll").first.evaluate("one => one.scrollWidth > one.clientWidth + 100")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for theme, ground in GROUNDS.items():
            page.emulate_media(color_scheme=theme)
            expect(page.get_by_test_id("stApp")).to_have_css("background-color", ground)
            idle(page)
            page.wait_for_function(f"() => ({TOO_WIDE})().length === 0")  # a grid takes its width a moment later
            faults = Axe().run(page, {"include": [[".st-key-trace_card"]]}).response["violations"]
            assert [(one["id"], node["html"][:200]) for one in faults for node in one["nodes"]] == []
