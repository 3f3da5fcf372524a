"""The house rules that a machine can hold: who imports whom, where SQL stands, what is banned, how long things are."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# HOUSE.md, import order: a unit (a file or package of lib, the pages, the app) may import these units and no other.
MAY_IMPORT = {
    # First the rows that need nothing, or the vocabulary alone.
    "records": set(), "comparison": set(), "sections": set(), "queues": set(), "keeper": set(),
    "metrics": {"records"}, "coach": {"records"}, "court": {"records"}, "baselines": {"records"},
    "combinations": {"records"}, "near": {"records"}, "readers": {"records"}, "versions": {"records"},
    "prompts": {"records"}, "model_files": {"records"}, "replies": {"records"}, "schema": {"records"},
    "assertions": {"records"}, "purse": {"records", "replies"},
    "breakdowns": {"records", "metrics"},
    "pivots": {"records", "metrics", "breakdowns"},
    "clusters": {"records", "metrics"},
    "mode_pages": {"records", "metrics", "breakdowns", "clusters", "writers"},
    "stopping": {"records", "metrics"},
    "transitions": set(),
    "splits": {"records", "metrics"},
    "writers": {"records", "readers"},
    "lint": {"records", "coach"},
    "stuck": {"records", "metrics", "breakdowns", "lint", "versions"},
    "charts": {"records", "metrics", "breakdowns", "pivots", "mode_pages", "versions"},
    "llm": {"records", "replies"},
    "local_model": {"records", "model_files", "llm"},
    "generate": {"records", "replies", "prompts", "llm"},
    "judge": {"records", "prompts", "llm"},
    "guidelines": {"records", "sections"},
    "suggest": {"records", "replies", "prompts", "llm", "guidelines", "judge"},
    "search": {"records", "guidelines", "suggest"},
    "coding": {"records", "replies", "prompts", "llm", "judge"},
    "systems": {"records", "replies", "llm"},
    "store": {"records", "queues", "replies", "splits", "schema"},
    "crew": {"records", "replies"},
    "runner": {"records", "llm", "local_model", "crew", "judge", "keeper", "purse", "store"},
    "jobs": {"records", "replies", "prompts", "llm", "crew", "near", "generate", "coding", "systems", "store",
             "runner"},
    "suggesters": {"records", "replies", "llm", "crew", "purse", "guidelines", "judge", "suggest", "search", "store",
                   "runner"},
    "workflow": {"assertions", "coding", "clusters", "mode_pages", "records", "metrics", "breakdowns", "pivots",
                 "combinations", "readers", "writers", "llm", "local_model", "coach", "comparison", "court",
                 "stopping", "model_files", "generate", "judge", "near", "queues", "systems", "store", "runner",
                 "jobs", "versions", "lint", "baselines", "splits", "guidelines", "prompts", "suggesters", "stuck"},
    "ui": {"assertions", "mode_pages", "records", "coach", "comparison", "court", "stopping", "transitions", "metrics",
           "breakdowns", "pivots", "queues", "readers", "writers", "charts", "judge", "sections", "splits", "store",
           "versions", "workflow", "stuck"},
    "cli_parts": {"records", "store"},
    "bench": {"records", "metrics", "llm", "judge", "store", "runner", "workflow"},
    "cli_bench": {"bench", "cli_parts"},
    "cli_noise": {"metrics", "store", "workflow", "cli_parts"},
    "cli_jobs": {"records", "store", "jobs", "workflow", "cli_parts"},
    "cli_answers": {"records", "store", "workflow", "cli_parts", "cli_jobs"},
    "cli_proposals": {"records", "store", "workflow", "cli_parts", "cli_jobs"},
    "cli_baselines": {"records", "metrics", "store", "workflow", "cli_parts"},
    "cli_figures": {"records", "metrics", "breakdowns", "stopping", "store", "workflow", "cli_parts", "cli_splits"},
    "cli_rates": {"records", "metrics", "pivots", "store", "workflow", "cli_parts"},
    "cli_court": {"records", "metrics", "court", "store", "workflow", "cli_parts"},
    "cli_import": {"records", "readers", "store", "workflow"},
    "cli_judges": {"records", "metrics", "store", "workflow", "cli_parts"},
    "cli_queue": {"records", "queues", "store", "workflow", "cli_parts"},
    "cli_reference": {"store", "workflow", "cli_parts"},
    "cli_checks": {"assertions", "records", "store", "workflow", "cli_parts"},
    "cli_cycles": {"store", "workflow", "cli_parts"},
    "cli_causes": {"records", "metrics", "mode_pages", "store", "workflow", "cli_parts"},
    "cli_fixes": {"cli_causes", "records", "store", "workflow", "cli_parts", "cli_jobs"},
    "cli_coding": {"records", "metrics", "store", "jobs", "workflow", "cli_parts", "cli_fixes"},
    "cli_splits": {"records", "metrics", "splits", "store", "workflow", "cli_parts"},
    "cli_suggest": {"records", "store", "suggesters", "workflow", "cli_parts"},
    "cli": {"cli_checks", "cli_coding", "cli_cycles", "cli_fixes", "records", "splits", "local_model", "model_files",
            "store", "runner", "workflow", "cli_parts", "cli_answers", "cli_baselines", "cli_bench", "cli_figures",
            "cli_jobs", "cli_import", "cli_judges", "cli_noise", "cli_proposals", "cli_queue", "cli_rates",
            "cli_reference", "cli_splits", "cli_suggest", "cli_court"},
    "__main__": {"cli"},
    "pages": {"records", "metrics", "breakdowns", "charts", "readers", "writers", "store", "workflow", "ui"},
    "app": {"ui"},
}

# Packages from outside that have one door each.
DOORS = {
    "openai": {"llm", "bench"},  # the bench measures the bare client beside the product
    "sqlite_utils": {"schema", "store"}, "sqlite3": {"schema", "store"}, "altair": {"charts"},
    "streamlit": {"ui", "pages", "app"}, "jinja2": {"prompts"}, "xllamacpp": {"local_model"},
    "gepa": {"search"},
    "urllib.request": {"model_files"}, "pyarrow": {"readers"},
    "click": {"cli", "cli_causes", "cli_checks", "cli_coding", "cli_cycles", "cli_fixes", "cli_parts", "cli_answers",
              "cli_baselines", "cli_bench", "cli_figures", "cli_jobs", "cli_import", "cli_judges", "cli_noise",
              "cli_proposals", "cli_queue", "cli_rates", "cli_reference", "cli_splits", "cli_suggest", "cli_court"},
    "subprocess": {"model_files", "workflow"}, "httpx2": {"systems"}, "jsonpath": {"systems", "assertions"},
    "markdown_it": {"ui"}, "sklearn": {"baselines"}, "scipy": {"baselines"},
    # Each of these runs, or fetches, what a file or a stranger says.
    "pickle": set(), "marshal": set(), "shelve": set(), "yaml": set(), "requests": set(), "httpx": set(),
    "aiohttp": set(),
}

MOST_LINES, MOST_LINES_OF_A_PAGE, MOST_LINES_OF_A_FUNCTION = 300, 120, 25
SQL = re.compile(r"\b(?:select|SELECT)\b.+\b(?:from|FROM)\b|\binsert\s+(?:or\s+\w+\s+)?into\b|\bupdate\s+\S+\s+set\b"
                 r"|\bdelete\s+from\b|\b(?:create|drop|alter)\s+table\b|\bpragma\s+\w+", re.S)
CLAUSE = re.compile(r"\s*(?:(?:and|or|where)\b.*(?:[=<>]|\bin\b|\bis\b)|(?:order|group) by\b|limit \{)", re.S)
SQL_WORD = re.compile(r"\b(?:select|insert|update|delete|create|where|from|join|order by|values)\b", re.I)
BANNED_CALLS = {"eval", "exec", "os.system", "st.html", "st.table", "st.iframe", "components.html",
                "components.v1.html"}
# HOUSE.md, vocabulary: never on screen.
BANNED_WORDS = re.compile(r"\b(?:(?:true |false )?positives?|negatives?|scor(?:e|es|ed|ing)|grad(?:e|es|ed|ing)"
                          r"|ground[ -]truth|gold label)\b", re.I)
# Words of other people's files, which a reader must know; none of them is ever printed.
UNDERSTOOD = {"lib/readers/guess.py", "lib/readers/outcomes.py", "lib/readers/inspect_log.py"}


def sources() -> list[Path]:
    """Every Python file of the product."""
    return sorted([*ROOT.glob("lib/**/*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("app.py")])


def own_tests() -> list[Path]:
    return sorted(ROOT.glob("tests/**/*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def unit(path: Path) -> str:
    """The unit a file belongs to: its name in lib, its package there, or pages, or app."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "lib" else parts[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """The dotted names a file imports, inside functions too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno} imports by a relative name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def documentation(path: Path) -> set[int]:
    """Which nodes are docstrings: they are never shown and never executed."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found


def filled(node: ast.JoinedStr) -> str:
    """The fixed text of an f-string, with {} for what is filled in."""
    return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every text in the code of a file with its line."""
    skipped = documentation(path)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, filled(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def dotted(node: ast.AST) -> str:
    """`a.b.c` as it is written; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".removeprefix("streamlit.")
    return node.id if isinstance(node, ast.Name) else ""


def calls(path: Path) -> Iterator[tuple[int, str, ast.Call]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func), node


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_every_unit_has_its_row_and_every_row_its_unit():
    assert {unit(path) for path in sources()} - {"__init__"} == MAY_IMPORT.keys()


def test_the_table_has_no_circle():
    """Taking out units that import nothing left over must empty the table."""
    rest = dict(MAY_IMPORT)
    while free := [name for name, needs in rest.items() if not needs & rest.keys()]:
        for name in free:
            del rest[name]
    assert rest == {}


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_a_unit_imports_only_what_its_row_allows(path):
    units = {name.split(".")[1] if name.startswith("lib.") else name.split(".")[0] for name in imported(path)}
    ours = units & MAY_IMPORT.keys() - {unit(path)}
    assert ours <= MAY_IMPORT.get(unit(path), set())


def test_each_package_from_outside_has_its_doors():
    wrong = [f"{name_of(path)} imports {package}" for path in sources() for package, doors in DOORS.items()
             if unit(path) not in doors and any(f"{name}.".startswith(f"{package}.") for name in imported(path))]
    assert wrong == []


def test_sql_stands_in_schema_and_store_alone():
    wrong = [f"{name_of(path)}:{line} {text[:60]}" for path in sources() if unit(path) not in ("schema", "store")
             for line, text in texts(path) if SQL.search(text)]
    assert wrong == []


def test_no_sql_is_built_from_pieces():
    wrong = [f"{name_of(path)}:{node.lineno}" for path in sources() if unit(path) in ("schema", "store")
             for node in ast.walk(tree(path)) if _built_sql(node)]
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
    assert named == {"lib/llm.py"}


def test_no_file_is_too_long():
    wrong = [f"{name_of(path)}: {lines(path)}" for path in [*sources(), *own_tests()] if lines(path) > MOST_LINES]
    wrong += [f"{name_of(path)}: {lines(path)}" for path in sources()
              if unit(path) in ("pages", "app") and lines(path) > MOST_LINES_OF_A_PAGE]
    assert wrong == []


def test_no_function_is_too_long():
    wrong = [f"{name_of(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1}" for path in sources()
             for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
             and node.end_lineno - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION]
    assert wrong == []


def test_every_module_says_what_it_is():
    silent = [path for path in [*sources(), *own_tests()] if lines(path) and not ast.get_docstring(tree(path))]
    assert [name_of(path) for path in silent] == []


def test_no_banned_word_reaches_a_screen_or_a_model():
    shown = [(path, line, text) for path in sources() if name_of(path) not in UNDERSTOOD for line, text in texts(path)]
    shown += [(path, 1, path.read_text(encoding="utf-8")) for path in ROOT.glob("lib/prompts/*.txt")]
    assert [f"{name_of(path)}:{line} {found[0]}" for path, line, text in shown
            if (found := BANNED_WORDS.search(text))] == []


def test_nothing_is_left_to_do_in_the_sources():
    left = re.compile(r"\b(?:TO" "DO|FIX" "ME|X" "XX|HA" "CK)\\b")
    assert [name_of(path) for path in [*sources(), *own_tests()] if left.search(path.read_text(encoding="utf-8"))] == []


def test_no_test_is_skipped_and_none_sleeps():
    banned = {"pytest.skip", "pytest.xfail", "pytest.importorskip", "pytest.mark.skip", "pytest.mark.skipif",
              "pytest.mark.xfail", "time.sleep"}
    wrong = [f"{name_of(path)}:{node.lineno}" for path in own_tests() for node in ast.walk(tree(path))
             if isinstance(node, ast.Attribute) and (dotted(node) in banned or node.attr == "wait_for_timeout")]
    wrong += [name_of(path) for path in own_tests() if {"time.sleep", "unittest.mock"} & {
        name.removesuffix(".patch").removesuffix(".Mock") for name in imported(path)}]
    assert wrong == []
