"""Texts that want to be run, fetched or obeyed, in every field a person or a model can fill, on every page and view."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from lib.records import Trace
from lib.store import Store, open_store, projects
from tests.support.browser import App, Watched, opened, serving
from tests.support.siege.attacks import ATTACKS, MARKDOWN
from tests.support.siege.beacon import Beacon, harmless, unfold
from tests.support.siege.filling import VIEWS, fill
from tests.support.steps import add


@pytest.fixture(scope="module")
def listener() -> Iterator[Beacon]:
    server = Beacon()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def beacon(listener: Beacon) -> Beacon:
    """The listener, hit by nobody yet."""
    listener.hits.clear()
    return listener


@pytest.fixture(scope="module")
def texts(listener: Beacon) -> dict[str, str]:
    return {name: text.replace("BEACON", listener.url) for name, text in ATTACKS.items()}


@pytest.fixture(scope="module")
def markdown(hostile, listener: Beacon) -> dict[str, str]:
    """Traces whose Markdown attacks when it is rendered."""
    found = {name: text.replace("BEACON", listener.url) for name, text in MARKDOWN.items()}
    add(hostile[1], *(Trace(f"markdown {name}", text, text) for name, text in found.items()))
    return found


@pytest.fixture(scope="module")
def hostile(texts, tmp_path_factory) -> Iterator[tuple[App, Store]]:
    """A server in front of a project whose every word attacks, and of another project with a hostile name."""
    file = open_store(tmp_path_factory.mktemp("hostile") / "plumbline.db")
    store = fill(projects.create(file, texts["image"], texts["onerror"]), texts)
    projects.create(file, texts["script"], texts["image"])
    with serving() as start:
        yield start(file.path), store


@pytest.mark.parametrize(("where", "params"), VIEWS, ids=lambda part: part and str(part))
def test_no_page_runs_fetches_or_obeys_a_text(hostile, beacon, page, where, params):
    app, store = hostile
    opened(page, app.at(where, project=store.project, **params))
    unfold(page)
    harmless(page, beacon)


def test_the_page_of_a_failure_mode_shows_its_texts_alone(hostile, beacon, texts, page):
    app, store = hostile
    for name in ("image", "dress", "table"):
        opened(page, app.at("errors", project=store.project, view="What to fix", mode=texts[name]), "Error analysis")
        expect(page.get_by_text("Fails that have it", exact=False)).to_be_visible()
        harmless(page, beacon)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_desk_shows_a_text_as_it_is_stored_and_nothing_happens(hostile, beacon, texts, page, name):
    app, store = hostile
    opened(page, app.at("review", project=store.project, trace=f"{name}-{texts[name]}", rendered="false"))
    expect(page.locator(".tt-plain").first).to_be_visible()
    assert texts[name] in [text.replace("\r", "") for text in page.locator(".tt-plain").all_text_contents()]
    harmless(page, beacon)


def test_a_hostile_conversation_with_a_tool_call_is_shown_as_text(hostile, beacon, texts, page):
    app, store = hostile
    opened(page, app.at("dataset", project=store.project, trace="chat"), "Dataset")
    expect(page.get_by_text(texts["script"]).filter(visible=True).first).to_be_visible()
    harmless(page, beacon)


@pytest.mark.parametrize("name", [*MARKDOWN, "dress", "link", "turned"])
def test_rendered_markdown_is_drawn_and_nothing_in_it_happens(hostile, markdown, beacon, texts, page, name):
    app, store = hostile
    trace = f"markdown {name}" if name in MARKDOWN else f"{name}-{texts[name]}"
    opened(page, app.at("dataset", project=store.project, trace=trace, rendered="true"), "Dataset")
    card = page.locator(".st-key-trace_card")
    drawn = card.locator(".tt-root")
    expect(drawn.first).to_be_attached()
    expect(card.get_by_role("switch", name="Rendered")).to_be_checked()
    harmless(page, beacon)
    # What is nested too deeply stays text, as does the rest of what is too long.
    assert bool(drawn.locator(".tt-body > .tt-plain").count()) == (name in ("deep", "endless"))
    assert drawn.locator("img, iframe, svg, script, style, .katex, [data-testid=stIconMaterial]").count() == 0
    assert drawn.get_by_text(re.compile("[😄→]")).count() == 0


def test_what_is_found_in_hostile_documents_is_text(hostile, beacon, texts, page):
    app, store = hostile
    opened(page, app.at("dataset", project=store.project, view="Reference"), "Dataset")
    for words in ("picture", "press", "VERDICT", "![", texts["onerror"][:150]):
        page.get_by_label("Search the reference").fill(words)
        page.get_by_label("Search the reference").press("Enter")
        expect(page.get_by_test_id("stExpander").first).to_be_visible()
        harmless(page, beacon)


def test_a_hostile_address_is_answered_by_a_sentence(hostile, beacon, texts, page):
    app, store = hostile
    for where in ("review", "dataset", "judge", "errors"):
        words = dict.fromkeys(("trace", "value", "failure_mode", "judge", "run", "version", "view", "page", "search",
                               "label", "combination", "cell", "by", "from"), texts["image"])
        page.goto(app.at(where, project=store.project, **words))
        expect(page.get_by_role("heading").first).to_be_visible()
        harmless(page, beacon)


def test_the_beacon_would_have_been_hit(beacon, browser):
    """The negative control: a page that obeys one of these texts is noticed."""
    watched = Watched(browser)
    page = watched.page()
    page.set_content(f"<img src='{beacon.url}/control'>")
    page.wait_for_load_state("networkidle")
    watched.close()
    assert beacon.hits == ["/control"] and watched.strangers == [f"{beacon.url}/control"]


def test_a_grid_would_have_offered_its_own_csv(serve, example, page):
    """The other negative control, without our configuration: what `harmless` counts is there to be counted."""
    app = serve(example, STREAMLIT_CLIENT_DISABLE_DATA_EXPORT="false")
    opened(page, app.at("dataset"), "Dataset")
    expect(page.get_by_label("Download as CSV").first).to_be_attached()
