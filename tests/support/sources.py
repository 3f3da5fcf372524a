"""The product's own files as the house rules see them: their trees, imports, calls and texts."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support import HOUSE as ROOT

# HOUSE.md, vocabulary: never on screen.
BANNED_WORDS = re.compile(r"\b(?:(?:true |false )?positives?|negatives?|scor(?:e|es|ed|ing)|grad(?:e|es|ed|ing)"
                          r"|ground[ -]truth|gold label)\b", re.I)


def sources() -> list[Path]:
    """Every Python file of the product."""
    return sorted([*ROOT.glob("lib/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"])


def own_tests() -> list[Path]:
    return sorted(ROOT.glob("tests/**/*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def layer(path: Path) -> str:
    """The layer a file belongs to: its folder in lib, or pages or app."""
    return layer_of(".".join(path.relative_to(ROOT).with_suffix("").parts))


def layer_of(module: str) -> str:
    """The same of a dotted name; lib's own description is no layer."""
    first, _, rest = module.partition(".")
    return rest.partition(".")[0] if first == "lib" else first


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All of a file's tree, walked once for all rules."""
    return tuple(ast.walk(tree(path)))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of all that a file imports, inside functions too."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno} imports by a relative name"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def documentation(path: Path) -> set[int]:
    """Which nodes are docstrings: they are never shown and never executed."""
    found = set()
    for node in nodes(path):
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
    for node in nodes(path):
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
    for node in nodes(path):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func), node


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def views() -> Iterator[tuple[str, str, str]]:
    """(file of a page, its title, one of its views), as app.py and pages/ have them."""
    for file, title in re.findall(r'"pages/(\w+)\.py", title="([^"]+)"', (ROOT / "app.py").read_text()):
        for node in ast.walk(ast.parse((ROOT / "pages" / f"{file}.py").read_text())):
            named = []
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "view":
                named = node.args[1:]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "VIEWS":
                named = node.value.keys
            yield from ((file, title, one.value) for one in named if isinstance(one, ast.Constant))
