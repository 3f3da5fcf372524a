"""The other house rules that a machine can hold: where SQL stands, what is banned, how long and how many things are."""

import ast
import re
from collections import Counter

from tests.support import HOUSE as ROOT
from tests.support.sources import (
    BANNED_WORDS,
    calls,
    dotted,
    filled,
    imported,
    layer,
    lines,
    name_of,
    nodes,
    own_tests,
    sources,
    texts,
    tree,
)

MOST_LINES, MOST_LINES_OF_A_PAGE, MOST_LINES_OF_A_FUNCTION, MOST_FILES = 300, 120, 25, 20
SQL = re.compile(r"\b(?:select|SELECT)\b.+\b(?:from|FROM)\b|\binsert\s+(?:or\s+\w+\s+)?into\b|\bupdate\s+\S+\s+set\b"
                 r"|\bdelete\s+from\b|\b(?:create|drop|alter)\s+table\b|\bpragma\s+\w+", re.S)
CLAUSE = re.compile(r"\s*(?:(?:and|or|where)\b.*(?:[=<>]|\bin\b|\bis\b)|(?:order|group) by\b|limit \{)", re.S)
SQL_WORD = re.compile(r"\b(?:select|insert|update|delete|create|where|from|join|order by|values)\b", re.I)
BANNED_CALLS = {"eval", "exec", "os.system", "st.html", "st.table", "st.iframe", "components.html",
                "components.v1.html"}
# Words of other people's files and programs, which a reader or an adapter must know; none of them is ever printed.
UNDERSTOOD = {"lib/prompting/passport/adapters/openevals_judge.py",
              "lib/prompting/passport/adapters/promptfoo_judge.py", "lib/readers/guess.py",
              "lib/readers/outcomes.py", "lib/readers/tools/inspect_log.py",
              "lib/readers/platforms/langfuse.py", "lib/readers/platforms/langfuse_evaluations.py",
              "lib/readers/platforms/langsmith_feedback.py",
              "lib/readers/tools/inspect_steps.py", "lib/readers/tools/phoenix_annotations.py",
              "lib/readers/tools/phoenix_experiment.py", "lib/readers/tools/promptfoo.py",
              "lib/systems/sources/langfuse.py", "lib/systems/sources/langsmith.py",
              "lib/systems/sources/phoenix.py"}


def test_sql_stands_in_schema_and_store_alone():
    wrong = [f"{name_of(path)}:{line} {text[:60]}" for path in sources() if layer(path) not in ("schema", "store")
             for line, text in texts(path) if SQL.search(text)]
    assert wrong == []


def test_no_sql_is_built_from_pieces():
    wrong = [f"{name_of(path)}:{node.lineno}" for path in sources() if layer(path) in ("schema", "store")
             for node in nodes(path) if _built_sql(node)]
    assert wrong == []


def _built_sql(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return bool(SQL.search(filled(node)) or CLAUSE.match(filled(node)))
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mod, ast.Add)):
        # A fixed text of the module, in capitals, may be shared by several statements.
        shared = isinstance(node.right, ast.Name) and node.right.id.isupper()
        return isinstance(node.left, ast.Constant) and bool(SQL_WORD.search(str(node.left.value))) and not shared
    return False


def test_every_transaction_begins_immediately():
    wrong = [f"{name_of(path)}:{line} {text}" for path in sources() for line, text in texts(path)
             if re.match(r"\s*begin\b", text, re.I) and text.strip().lower() != "begin immediate"]
    assert wrong == []


def test_nothing_is_called_that_runs_or_renders_foreign_text():
    wrong = [f"{name_of(path)}:{line} {called}" for path in sources() for line, called, call in calls(path)
             if called in BANNED_CALLS or any(word.arg == "unsafe_allow_html" for word in call.keywords)
             or any(word.arg == "shell" for word in call.keywords)]
    assert wrong == []


def test_the_key_is_read_in_one_place():
    named = {name_of(path) for path in sources() for _, text in texts(path) if text == "OPENAI_API_KEY"}
    assert named == {"lib/models/llm.py"}


def test_no_file_is_too_long():
    wrong = [f"{name_of(path)}: {lines(path)}" for path in [*sources(), *own_tests()] if lines(path) > MOST_LINES]
    wrong += [f"{name_of(path)}: {lines(path)}" for path in sources()
              if layer(path) in ("pages", "app") and lines(path) > MOST_LINES_OF_A_PAGE]
    assert wrong == []


def test_no_function_is_too_long():
    wrong = [f"{name_of(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1}" for path in sources()
             for node in nodes(path) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
             and node.end_lineno - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION]
    assert wrong == []


def test_every_module_says_what_it_is():
    silent = [path for path in [*sources(), *own_tests()] if lines(path) and not ast.get_docstring(tree(path))]
    assert [name_of(path) for path in silent] == []


def test_no_banned_word_reaches_a_screen_or_a_model():
    shown = [(path, line, text) for path in sources() if name_of(path) not in UNDERSTOOD for line, text in texts(path)]
    shown += [(path, 1, path.read_text(encoding="utf-8")) for path in ROOT.glob("lib/prompting/texts/*.txt")]
    assert [f"{name_of(path)}:{line} {found[0]}" for path, line, text in shown
            if (found := BANNED_WORDS.search(text))] == []


def test_nothing_is_left_to_do_in_the_sources():
    left = re.compile(r"\b(?:TO" "DO|FIX" "ME|X" "XX|HA" "CK)\\b")
    assert [name_of(path) for path in [*sources(), *own_tests()] if left.search(path.read_text(encoding="utf-8"))] == []


def test_no_test_is_skipped_and_none_sleeps():
    banned = {"pytest.skip", "pytest.xfail", "pytest.importorskip", "pytest.mark.skip", "pytest.mark.skipif",
              "pytest.mark.xfail", "time.sleep"}
    wrong = [f"{name_of(path)}:{node.lineno}" for path in own_tests() for node in nodes(path)
             if isinstance(node, ast.Attribute) and (dotted(node) in banned or node.attr == "wait_for_timeout")]
    wrong += [name_of(path) for path in own_tests() if {"time.sleep", "unittest.mock"} & {
        name.removesuffix(".patch").removesuffix(".Mock") for _, name in imported(path)}]
    assert wrong == []


def test_no_folder_is_a_corridor():
    folders = Counter(path.parent for path in [*sources(), *own_tests(), *ROOT.glob("lib/**/*.js")])
    assert [f"{name_of(folder)}: {files} files" for folder, files in folders.items() if files > MOST_FILES] == []


def test_no_test_needs_another_one():
    """Else neither could run alone, or beside the other: what several need is in tests/support."""
    wrong = [f"{name_of(path)}:{line} imports {name}" for path in own_tests() for line, name in imported(path)
             if name.startswith("tests.") and not name.startswith("tests.support")]
    assert wrong == []
