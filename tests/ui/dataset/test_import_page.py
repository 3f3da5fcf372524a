"""The import on the page and the command line: the format is shown and can be changed, a sample is drawn and kept."""

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from lib.cli.main import main
from lib.readers import READERS
from lib.store import Store, open_store, projects
from lib.store.dataset import traces
from tests.support.formats import FOLDER, fixture
from tests.support.running import HOUSE, PATIENCE


@pytest.fixture
def shown(db: Store, monkeypatch: pytest.MonkeyPatch):
    """`shown("otel.json")`: the page with this fixture uploaded under a name that says nothing."""
    monkeypatch.setenv("PLUMBLINE_DB", str(db.path))
    # The whole app, because the page links to others; the address says which view.
    app = AppTest.from_file(str(HOUSE / "app.py"), default_timeout=PATIENCE).run()
    app.query_params["view"] = "Import"
    app.switch_page("pages/dataset.py").run()

    def show(name: str) -> AppTest:
        app.file_uploader[0].set_value(("export.bin", fixture(name), "application/octet-stream"))
        return app.run()

    return show


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.text, *app.error))


@pytest.mark.parametrize("name", ["otel.json", "promptfoo.json", "plain.csv", "plain.parquet"])
def test_the_page_names_the_format_and_imports_on_one_click(shown, db, name):
    app = shown(name)
    assert not app.exception and not app.error
    assert any(f"**{read.title}**" in said(app) for read in READERS.values())
    app.button[0].click().run()
    assert not app.exception and traces.count(db) > 0


def test_the_page_says_what_the_reading_leaves_out(shown):
    app = shown("otel.json")
    assert READERS["otel"].drops in said(app)
    listed = next(frame.value for frame in app.dataframe if "not read" in frame.value)
    assert ("traces in which no step says what was asked", 1) in list(zip(listed["not read"], listed["how often"],
                                                                          strict=True))


def test_another_format_can_be_chosen(shown):
    app = shown("openai_tuning.jsonl")
    assert "OpenAI chat log" in said(app)
    app.selectbox[0].set_value("jsonl").run()
    assert "**JSONL**" in said(app) and not app.exception


def test_a_broken_file_is_a_sentence_on_the_page(shown):
    app = shown("otel.json")
    app.selectbox[0].set_value("inspect").run()
    assert not app.exception and "inspect log dump" in said(app)


def test_a_sample_is_drawn_on_the_page_and_kept_with_the_import(shown, db):
    app = shown("promptfoo.json")
    next(box for box in app.number_input if box.label == "Sample").set_value(1).run()
    assert "1 of 2 traces" in said(app)
    app.button[0].click().run()
    assert traces.count(db) == 1
    assert '"sample": {"n": 1, "seed": 0, "by": null, "each": false}' in db.value("select mapping from imports")


def cli(db: Store, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["--db", str(db.path), "import", *words])
    assert result.exit_code == code, result.output
    return result.output


def test_a_dry_run_shows_format_and_loss_and_stores_nothing(db):
    text = cli(db, str(FOLDER / "otel.json"), "--dry-run", "--sample", "1")
    assert "format: otel (OpenTelemetry GenAI spans and log records (OTLP JSON)), known by resourceSpans" in text
    assert READERS["otel"].drops in text and "not read: traces in which no step says what was asked: 1 (" in text
    assert "1 trace of 1" in text and traces.count(db) == 0


def test_the_command_line_draws_the_same_sample_twice(db):
    words = (str(FOLDER / "promptfoo.json"), "--sample", "1", "--seed", "4", "--stratify", "model")
    assert "1 new trace, 0 of earlier traces answered" in cli(db, *words)
    assert "0 new traces, 0 of earlier traces answered, 1 already stored" in cli(db, *words)
    assert "2 new traces" in cli(projects.create(open_store(db.path.parent / "other.db"), "Other", "?"),
                                 *words[:3], "--stratify", "model", "--per-value")


@pytest.mark.parametrize(("words", "text"), [
    (["--seed", "1"], "need --sample N"), (["--sample", "1", "--per-value"], "needs --stratify DIMENSION"),
    (["--format", "excel"], "'excel' is not one of 'plumbline'"), (["--sample", "0"], "0 is not in the range"),
    (["--sample", "1", "--stratify", "colour"], "No trace has the dimension 'colour'")])
def test_options_that_do_not_fit_are_refused_with_the_cure(db, words, text):
    assert text in cli(db, str(FOLDER / "promptfoo.json"), *words, code=2)
