"""Reference documents in the store: replaced whole, found by words, never by a query language."""

import pytest
from click.testing import CliRunner

from lib.cli.main import main
from lib.records import UsageError
from lib.store import projects
from lib.store.dataset import documents
from lib.store.dataset.documents import END, FOUND, search

TEXTS = [
    ("Returns", "Goods come back within thirty days. The café pays the postage."),
    ("Thirty questions", "What people ask about returns, and other things."),
    ("Warranty", 'Say "no" to claims (NEAR the end) AND be-kind; 100% of a*b - c.'),
    ("東京", "東京都の天気は晴れです。明日は雨👍でしょう。"),
]


@pytest.fixture
def store(db):
    documents.replace(db, "shop.md", TEXTS)
    return db


def titles(store, words: str) -> list[str]:
    return [found.title for found in search(store, words)]


def index_is_whole(store) -> bool:
    store.execute("insert into documents_index (documents_index, rank) values ('integrity-check', 1)")
    return True


@pytest.mark.parametrize(("words", "expected"), [
    ("thirty", ["Thirty questions", "Returns"]),  # a title counts for more
    ("THIRTY postage", ["Returns"]),
    ("retur", ["Returns", "Thirty questions"]),  # the last word may be a beginning
    ("retur days", []),  # the first may not
    ("cafe", ["Returns"]),
    ('"no"', ["Warranty"]), ('say "no', ["Warranty"]), ("NEAR", ["Warranty"]), ("near(", ["Warranty"]),
    ("claims AND kind", ["Warranty"]), ("returns AND postage", []), ("returns OR warranty", []),
    ("NOT claims", []), ("be-kind", ["Warranty"]), ("-kind", ["Warranty"]), ("title : claims", []),
    ("a*b", ["Warranty"]), ("claims *", ["Warranty"]), ("claims - end", ["Warranty"]), ("^say", ["Warranty"]),
    ("(", ["Warranty"]), ("%", ["Warranty"]), ("{title body}: x", []), ("' or 1=1 --", []),
    ("", []), ("  \n", []), ("\x00", []), ("claims\x00end", ["Warranty"]), ("nowhere", []), ("👍", ["東京"]),
    ("👎", []), ("天気", ["東京"]), ("天気 明日", ["東京"]), ("天気 claims", []), ("s", []), ("½", [])])
def test_words_are_looked_for_and_nothing_else_is_understood(store, words, expected):
    assert titles(store, words) == expected


def test_any_typed_text_is_a_search(store):
    for word in ('"', '""', '" "', '"""', "*", "a* OR", "NEAR(a b, 5)", "a" * 10_000, "x " * 5_000, "\ud800", "+"):
        assert isinstance(search(store, word), list)


def test_a_snippet_holds_the_found_words_marked(store):
    assert f"within {FOUND}thirty{END} days" in search(store, "thirty")[1].snippet
    assert search(store, "天気")[0].snippet == f"東京都の{FOUND}天気{END}は晴れです。明日は雨👍でしょう。"


def test_a_long_text_is_shown_around_the_place(db):
    documents.replace(db, "a.md", [("a", "前" * 500 + "天気" + "後" * 500), ("天気", "別" * 500)])
    title, body = search(db, "天気")
    assert body.snippet == "…" + "前" * 80 + f"{FOUND}天気{END}" + "後" * 80 + "…"
    assert title.snippet == "別" * 160 + "…"


def test_so_many_are_found_and_no_more(db):
    documents.replace(db, "a.md", [(f"t{n}", "tea") for n in range(30)])
    assert len(search(db, "tea")) == 20 and titles(db, "tea")[0] == "t0" and len(search(db, "tea", 5)) == 5


def test_the_same_file_again_replaces_it_and_says_what_changed(store):
    assert str(documents.replace(store, "shop.md", TEXTS)) == "shop.md: as it was, 4 sections."
    changed = documents.replace(store, "shop.md", [("New", "fresh"), TEXTS[1], TEXTS[0], TEXTS[0]])
    assert str(changed) == "shop.md: replaced, 4 sections: 2 new, 2 as before; 2 gone."
    assert titles(store, "claims") == [] and titles(store, "fresh") == ["New"]
    assert titles(store, "postage") == ["Returns", "Returns"]
    assert [tuple(row) for row in store.rows("select position, title from documents order by position")] == [
        (0, "New"), (1, "Thirty questions"), (2, "Returns"), (3, "Returns")]
    assert index_is_whole(store)


def test_files_are_listed_and_removed(store):
    assert str(documents.replace(store, "b.csv", [("x", "y")])) == "b.csv: 1 section added."
    assert documents.files(store) == {"b.csv": 1, "shop.md": 4} and documents.some(store)
    assert documents.remove(store, "shop.md") == 4
    assert documents.files(store) == {"b.csv": 1} and titles(store, "returns") == []
    documents.remove(store, "b.csv")
    assert not documents.some(store) and index_is_whole(store)
    with pytest.raises(UsageError, match=r"no reference file 'b\.csv'"):
        documents.remove(store, "b.csv")
    with pytest.raises(UsageError, match="at least one section"):
        documents.replace(store, "empty.md", [])


def test_a_project_finds_its_own_alone(store):
    other = projects.create(store, "Other")
    assert titles(other, "thirty") == [] and titles(other, "天気") == [] and not documents.some(other)
    documents.replace(other, "shop.md", [("Theirs", "thirty 天気")])
    assert titles(other, "thirty") == ["Theirs"] and len(titles(store, "thirty")) == 2
    assert titles(store, "天気") == ["東京"]


@pytest.fixture
def run(db, tmp_path):
    def run(*words: str):
        return CliRunner().invoke(main, ["--db", str(db.path), "reference", *words])
    return run


def test_the_command_line_adds_lists_finds_and_removes(run, tmp_path):
    text, table = tmp_path / "shop.md", tmp_path / "prices.csv"
    text.write_text("# Returns\nWithin thirty days.")
    table.write_text("name,price\nTea,3\nCoffee,4\n")
    assert run("add", str(text), str(table)).output == "shop.md: 1 section added.\nprices.csv: 2 sections added.\n"
    assert run("list").output == "prices.csv\t2 sections\nshop.md\t1 section\n"
    assert run("search", "thirty", "da").output == "shop.md\tReturns\tWithin thirty days.\n"
    assert '"title": "Tea"' in run("search", "tea", "--json").output
    assert run("remove", "prices.csv").output == "prices.csv: 2 sections removed.\n"
    assert run("remove", "prices.csv").exit_code == 2


def test_one_refused_file_leaves_all_as_it_was(run, db, tmp_path):
    good, bad = tmp_path / "good.md", tmp_path / "bad.csv"
    good.write_text("fine")
    bad.write_text("a,b\n1\n")
    refused = run("add", str(good), str(bad))
    assert refused.exit_code == 1 and "bad.csv, line 2" in refused.output
    assert documents.files(db) == {}
