"""A number is never set right before a plural in a text: of one thing it would read "1 traces"."""

import ast
import re
from collections.abc import Iterator

from tests.support.sources import name_of, nodes, sources

# Up to two words beside the thing: "labelled traces", "new answers", "failure modes".
PLURAL = re.compile(r" (?!(?:of|on|in|with|from|by|at|to) )(?:[a-z]+ ){0,2}?([a-z]{2,}s)\b")
# End in s and are no plural, or stand for a verb.
SAME = {"is", "was", "has", "as", "this", "its", "less", "plus", "always", "ms", "pass", "words", "says", "others"}
# Words to a model: a prompt that was sent stays, letter by letter, what it was.
TO_A_MODEL = ("lib/prompting/outline.py",)


def test_what_is_counted_in_words_goes_through_counted():
    held = [path for path in sources() if not name_of(path).startswith(TO_A_MODEL)]
    wrong = [f"{name_of(path)}:{line} {words}" for path in held for node in nodes(path)
             if isinstance(node, ast.JoinedStr) for line, words in _bare(node)]
    assert wrong == []


def _bare(text: ast.JoinedStr) -> Iterator[tuple[int, str]]:
    """Each whole number of a text that stands right before a plural; fixed ones of the module, in capitals, may."""
    for number, after in zip(text.values, text.values[1:], strict=False):
        if isinstance(number, ast.FormattedValue) and isinstance(after, ast.Constant) and _whole(number):
            found = PLURAL.match(after.value)
            if found and found[1] not in SAME:
                yield number.lineno, f"{{{ast.unparse(number.value)}}}{found[0]}"


def _whole(number: ast.FormattedValue) -> bool:
    spec = ast.unparse(number.format_spec) if number.format_spec else ""
    # A limit is never one: MOST_LISTED, most_rows.
    name = ast.unparse(number.value).rpartition(".")[2]
    fixed = name.isupper() or name.startswith("most_")
    return not fixed and (spec == "f','" or ast.unparse(number.value).startswith("len("))
