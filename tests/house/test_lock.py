"""The lock is whole: what requirements.txt asks for stands in it with hashes, and so does what that needs."""

import re
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support import HOUSE as ROOT

LOCK = (ROOT / "requirements.lock").read_text()
ENTRY = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?P<marker> ; [^\\\n]+?)?"
                   r"(?P<hashes>(?: \\\n +--hash=sha256:[0-9a-f]{64})*)$", re.M)
ENTRIES = list(ENTRY.finditer(LOCK))
WEIGHTS = re.search(r"^WEIGHTS := (.+)$", (ROOT / "Makefile").read_text(), re.M)[1]


def pinned() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in ENTRIES:
        found.setdefault(canonicalize_name(entry["name"]), set()).add(entry["version"])
    return found


def test_every_line_of_it_is_a_pin_with_a_hash():
    assert all(entry["hashes"] for entry in ENTRIES)
    assert re.sub(r"^#.*$", "", ENTRY.sub("", LOCK), flags=re.M).strip() == ""


def test_it_holds_what_is_asked_for_and_nothing_older():
    """Red after a change of requirements.txt: make lock writes it anew."""
    asked = [Requirement(line) for line in [*(ROOT / "requirements.txt").read_text().splitlines(), WEIGHTS]]
    wrong = [str(one) for one in asked if not (versions := pinned().get(canonicalize_name(one.name)))
             or not all(one.specifier.contains(version) for version in versions)]
    assert wrong == []


def test_it_holds_all_that_those_need_for_nothing_is_looked_for_beside_it():
    """The weights alone are taken without what their package asks for."""
    here, missing = pinned(), []
    for name in here.keys() - {canonicalize_name(Requirement(WEIGHTS).name)}:
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # of another system
        missing += [f"{name} needs {need}" for need in map(Requirement, needs)
                    if (need.marker is None or need.marker.evaluate({"extra": ""}))
                    and canonicalize_name(need.name) not in here]
    assert missing == []


def test_make_installs_nothing_else():
    assert "pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock" in (
        ROOT / "Makefile").read_text()
