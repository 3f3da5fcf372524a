"""A file through the uploader and back through the download button: seen first, refused whole, never doubled."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lib.readers import Table, guess
from lib.readers.mapping import Mapping
from lib.store import Store, open_store, projects
from lib.store.dataset import tables, traces
from lib.store.review import labels
from lib.workflow.dataset import exchange
from tests.support.browser import idle, opened

WORDS = ("id,question,answer,label,critique,topic\n"
         "0012,How?,So.,good,clear,a\n"
         '00000000000000000017,Why?,"Because, =1+1",bad,"misses ""it""",b\n'
         "NA,When?,=NOW(),good,,a\n")


@pytest.fixture
def store(module_app, request) -> Store:
    """An empty project of its own."""
    return projects.create(open_store(module_app.path), request.node.name, "Did the AI help?")


@pytest.fixture
def upload(module_app, store, page, tmp_path) -> Callable[..., Page]:
    """`upload(text)` puts a file into the uploader of this project's import view."""
    opened(page, module_app.at("dataset", project=store.project, view="Import"), "Dataset")

    def put(text: str | bytes, name: str = "t.csv") -> Page:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        page.locator("input[type=file]").set_input_files(file)
        expect(page.get_by_text(name, exact=True)).to_be_visible()
        idle(page)
        return page

    return put


def do_import(page: Page, count: int) -> None:
    page.get_by_role("button", name=f"Import {count} traces").click()


def cells(page: Page) -> str:
    """The text of every table on the page, as a screen reader gets it."""
    return " ".join(page.locator("[data-testid=stDataFrame] canvas").all_text_contents())


def everything(store: Store) -> list:
    return [[{**row, "label_created_at": None} for row in table(store)[1]] for table in (tables.traces, tables.labels)]


def test_a_file_is_shown_as_understood_then_imported_once(upload, store, page):
    upload(WORDS)
    expect(page.get_by_text("3 traces; id, question = input, answer = output")).to_be_visible()
    assert page.locator(".st-key-import_do").bounding_box()["y"] < 720  # on the first screen
    page.wait_for_function("() => /good.*pass.*bad.*fail/s.test([...document.querySelectorAll("
                           "'[data-testid=stDataFrame] canvas')].map(one => one.textContent).join(' '))")
    assert "understood as" in cells(page) and traces.count(store) == 0
    do_import(page, 3)
    expect(page.get_by_text("3 traces imported: 3 with an output, 0 without. With them 3 labels.")).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)
    assert [row["trace_id"] for row in traces.listing(store)] == ["0012", "00000000000000000017", "NA"]
    assert labels.history(store, "00000000000000000017")[0].critique == 'misses "it"'
    page.get_by_role("button", name="Import another file").click()
    expect(page.get_by_text("imported:")).to_have_count(0)
    upload(WORDS)
    do_import(page, 3)
    expect(page.get_by_text("0 traces imported. 3 traces were stored already.")).to_be_visible()
    idle(page)
    page.get_by_text("Traces", exact=True).first.click()
    expect(page.get_by_text("3 traces", exact=True)).to_be_visible()


def test_a_scale_is_refused_until_a_threshold_is_named(upload, store, page):
    upload("input,output,label\na,b,1\nc,d,3\ne,f,5\n", "scale.csv")
    expect(page.get_by_text("Name a threshold: at or above it is a pass, below it a fail.")).to_be_visible()
    expect(page.get_by_role("button", name="Import 3 traces")).to_have_count(0)
    threshold = page.get_by_role("spinbutton", name="threshold, only for a scale")
    expect(threshold).to_be_focused()
    threshold.fill("3")
    threshold.press("Enter")
    do_import(page, 3)
    expect(page.get_by_text("3 traces imported")).to_be_visible()
    assert [row["outcome"] for row in traces.listing(store)] == ["fail", "pass", "pass"]


def test_rows_that_cannot_be_read_are_counted_and_left_out_on_request(upload, store, page):
    upload("id,input,output,label\n1,a,b,pass\n2,c,d,maybe\n3,e,f,fail\n", "bad.csv")
    expect(page.get_by_text("'maybe' is neither pass nor fail").first).to_be_visible()
    expect(page.locator(".st-key-import_do")).to_have_count(0)
    leave_out = page.get_by_role("button", name="Leave out what cannot be read: 1")
    expect(leave_out).to_be_focused()
    leave_out.press("Enter")
    do_import(page, 3)
    expect(page.get_by_text("With them 2 labels.")).to_be_visible()
    assert [row["outcome"] for row in traces.listing(store)] == ["pass", None, "fail"]
    page.get_by_role("button", name="Review them").click()
    expect(page.get_by_role("region", name="Your decision")).to_be_visible()


def test_the_focus_goes_to_the_column_that_is_missing_and_then_stays_where_a_person_is(upload, store, page):
    upload("a,b,c\n1,x,y\n2,z,w\n", "unnamed.csv")
    expect(page.get_by_text("say which column holds the input, or the messages")).to_be_visible()
    asked = page.get_by_role("combobox", name="input")
    expect(asked).to_be_focused()
    answered = page.get_by_role("combobox", name="output")
    answered.press("ArrowDown")
    page.get_by_role("option", name="c", exact=True).click()
    idle(page)
    expect(answered).to_be_focused()  # the same sentence moves nothing any more
    asked.press("ArrowDown")
    page.get_by_role("option", name="b", exact=True).click()
    do_import(page, 2)
    expect(page.get_by_text("2 traces imported")).to_be_visible()


@pytest.mark.parametrize(("text", "said"), [
    ("id,input,output\n1,a,b\n2,c\n", "line 3"), ('id,input,output\n1,"a,b\n', "quote"),
    ("id,input,output\n1,a,b,c\n", "line 2"), (b"\x89PNG\r\n\x1a\n" * 9, "t.csv"), ("", "t.csv")],
    ids=["short row", "open quote", "long row", "a picture", "nothing"])
def test_a_broken_file_is_a_sentence_that_names_the_place(upload, store, page, text, said):
    upload(text)
    error = page.get_by_test_id("stAlert").filter(has_text="t.csv")
    expect(error).to_be_visible()
    assert said in error.inner_text() and "Traceback" not in error.inner_text()
    assert traces.count(store) == 0


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_download_imports_as_what_it_was(upload, store, module_app, page, tmp_path, ending):
    upload(WORDS)
    do_import(page, 3)
    expect(page.get_by_text("3 traces imported")).to_be_visible()
    copy = projects.create(store, f"copy as {ending}")
    for what, at in (("traces", 0), ("labels", 1)):
        opened(page, module_app.at("dataset", project=store.project, view="Export"), "Dataset")
        with page.expect_download() as download:
            page.locator(f".st-key-export_{what}_{ending} button").click()
        file = Path(download.value.path()).read_bytes()
        exchange.import_table(copy, *read(f"{what}.{ending}", file))
        assert everything(copy)[at] == everything(store)[at]


def read(name: str, data: bytes) -> tuple[Table, Mapping]:
    """A file and how its columns are understood when nobody says otherwise."""
    table = exchange.read_file(name, data)
    return table, guess(table)
