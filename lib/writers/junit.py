"""Checks with their answers as JUnit XML, which CI services read; knows nothing of what was checked.

What could not be decided is a failure whose type says so: to the services a skipped test is one that passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

_UNWRITABLE = {code: "\ufffd" for code in (*range(0x20), 0xFFFE, 0xFFFF) if code not in (0x9, 0xA, 0xD)}


@dataclass(frozen=True)
class Case:
    """One check: its name, whether it passed, a word for why not, and what is said of it."""

    name: str
    passed: bool
    kind: str
    text: str


def document(suite: str, cases: Sequence[Case]) -> bytes:
    """One suite of cases as a file; texts may hold anything, what XML cannot write is replaced."""
    failed = sum(not case.passed for case in cases)
    root = ElementTree.Element("testsuites", tests=str(len(cases)), failures=str(failed), errors="0")
    made = ElementTree.SubElement(root, "testsuite", name=_text(suite), tests=str(len(cases)), failures=str(failed),
                                  errors="0", skipped="0")
    for case in cases:
        one = ElementTree.SubElement(made, "testcase", classname=_text(suite), name=_text(case.name))
        if case.passed:
            ElementTree.SubElement(one, "system-out").text = _text(case.text)
        else:
            ElementTree.SubElement(one, "failure", type=case.kind, message=_text(case.text)).text = _text(case.text)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _text(text: str) -> str:
    return text.translate(_UNWRITABLE).encode("utf-8", "replace").decode("utf-8")
