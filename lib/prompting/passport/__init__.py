"""The code of an exported judge: a few pure modules of the house, written one behind the other into one file.

So the file is the product's own code and cannot drift from it. Its modules import the standard library and each other
alone, and no two of them give one name to different things: `code` refuses otherwise.
"""

import ast
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

_HOUSE = Path(__file__).parents[3]
# Of these records only what is named; of the modules behind them everything. Each may use what stands before it.
_PICKED = {
    "lib/records/pairs.py": ("PASS", "FAIL", "OUTCOMES"),
    "lib/records/__init__.py": ("REAL", "PlumblineError", "UsageError", "_sorted", "Trace", "Verdict"),
    "lib/models/replies.py": ("Reply",),
}
_WHOLE = ("lib/records/words.py", "lib/records/parts.py", "lib/prompting/outline.py", "lib/prompting/pictures.py",
          "lib/prompting/wording.py", "lib/models/thoughts.py", "lib/prompting/reading.py",
          "lib/prompting/passport/asking.py")
_HEAD = '''"""A judge brought into line with an expert, as plain code: `messages`, `request`, `read`, `judge`.

Standard library alone; judge.json beside it holds the prompt and what is known of how far to trust it. Written by
Plumbline out of its own modules: do not edit it, export the judge again.
"""
'''


@lru_cache(maxsize=1)
def code() -> str:
    """The text of judge.py; the same for every judge of one version of the product."""
    imports, pieces, names = {}, [], {}
    for name in (*_PICKED, *_WHOLE):
        text = (_HOUSE / name).read_text(encoding="utf-8")
        body = ast.parse(text).body
        kept = [node for node in body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)
                and (name not in _PICKED or set(_PICKED[name]) & _named(node))]
        _distinct(names, name, kept)
        imports.update(_imported(body))
        pieces.append(_piece(name, text, body, kept))
    made = "\n\n".join(pieces)
    used = {node.id for node in ast.walk(ast.parse(made)) if isinstance(node, ast.Name)}
    lines = _import_lines({known: line for known, line in imports.items() if known in used | {"SimpleNamespace"}})
    return f"{_HEAD}\n{lines}\n{made}\n"


ADAPTERS = tuple(sorted(path.stem.removesuffix("_judge") for path in
                        (Path(__file__).parent / "adapters").glob("*_judge.py")))


def adapters(names: Iterable[str]) -> dict[str, str]:
    """File name -> text of these adapters, each of ADAPTERS."""
    folder = Path(__file__).parent / "adapters"
    return {f"{name}_judge.py": (folder / f"{name}_judge.py").read_text(encoding="utf-8") for name in names}


def _named(node: ast.stmt) -> set[str]:
    """The names that a statement of a module gives."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else []
    return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}


def _distinct(names: dict[str, str], module: str, kept: list[ast.stmt]) -> None:
    for name in (name for node in kept for name in _named(node)):
        if names.setdefault(name, module) != module:
            raise ValueError(f"{name} is given in {names[name]} and in {module}: one of them needs another name.")


def _imported(body: list[ast.stmt]) -> dict[str, tuple[str, str]]:
    """Name -> (module, name in it) of what is imported from outside the house."""
    return {alias.asname or alias.name: (node.module if isinstance(node, ast.ImportFrom) else "", alias.name)
            for node in body if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
            if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lib"))}


def _import_lines(imports: dict[str, tuple[str, str]]) -> str:
    froms: dict[str, list[str]] = {"types": ["SimpleNamespace"]}
    for module, name in imports.values():
        if module:
            froms.setdefault(module, []).append(name)
    plain = sorted(name for module, name in imports.values() if not module)
    return "\n".join([*(f"import {name}" for name in plain),
                      *(f"from {module} import {', '.join(sorted(found))}" for module, found in sorted(froms.items()))])


def _piece(name: str, text: str, body: list[ast.stmt], kept: list[ast.stmt]) -> str:
    """A module's own text, comments and all, and a name under which the modules behind it find what is in it."""
    lines, said = text.split("\n"), (ast.get_docstring(ast.Module(body, [])) or "").split("\n")[0]
    if name in _PICKED:
        own = "\n\n".join("\n".join(lines[_start(node) - 1:node.end_lineno]) for node in kept)
        return f"\n# {said}\n{own}\n"
    last = max(node.end_lineno for node in body if isinstance(node, ast.Expr | ast.Import | ast.ImportFrom)
               and node.lineno < kept[0].lineno)
    own = "\n".join(lines[last:]).strip("\n")
    public = sorted(given for node in kept for given in _named(node) if not given.startswith("_"))
    module = Path(name).stem
    if name == _WHOLE[-1]:
        return f"\n# {said}\n{own}"
    return f"\n# {said}\n{own}\n\n\n{module} = SimpleNamespace({', '.join(f'{one}={one}' for one in public)})\n"


def _start(node: ast.stmt) -> int:
    return min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
