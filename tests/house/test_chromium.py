"""The script that finds or installs the tests' browser waits for another package manager, says so, and ends."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import HOUSE

LISTS = "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)"
FRONT = "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (dpkg)"
WAITING = "Another package manager is at work: waiting for it, up to 10 minutes."


@pytest.fixture
def machine(tmp_path) -> Path:
    """The programs of a machine without a browser, on which a pause takes no time."""
    for name in ("sh", "id", "cat", "wc", "true"):
        (tmp_path / name).symlink_to(shutil.which(name))
    program(tmp_path, "sleep", "exit 0")
    program(tmp_path, "sudo", 'shift; exec "$@"')
    return tmp_path


def program(machine: Path, name: str, script: str) -> None:
    (machine / name).write_text(f"#!/bin/sh\n{script}\n")
    (machine / name).chmod(0o755)


def ensured(machine: Path, refusals: dict[int, str]) -> tuple[int, str, list[str]]:
    """Exit code, what is said, and how apt-get was called; its n-th call is refused with these words."""
    cases = "".join(f'{number}) echo "{said}" >&2; exit 100 ;;\n' for number, said in refusals.items())
    program(machine, "apt-get", f'echo "$*" >> {machine}/calls\ncase $(($(wc -l < {machine}/calls))) in\n{cases}esac')
    ended = subprocess.run(["sh", "tests/support/ensure_chromium.sh"], cwd=HOUSE, env={"PATH": str(machine)},
                           capture_output=True, text=True, check=False)
    calls = machine / "calls"
    return ended.returncode, ended.stderr, calls.read_text().splitlines() if calls.exists() else []


SHELL = "install -qq -y chromium-headless-shell"
UNKNOWN = "E: Unable to locate package chromium"


def test_the_headless_shell_that_is_there_is_enough(machine):
    program(machine, "chromium-headless-shell", "exit 0")
    assert ensured(machine, {}) == (0, "", [])


def test_a_browser_that_is_there_serves_where_the_headless_shell_cannot_be_had(machine):
    program(machine, "chromium", "exit 0")
    assert ensured(machine, {2: f"{UNKNOWN}-headless-shell"}) == (0, "", ["update -qq", SHELL])


def test_without_one_the_whole_browser_is_installed_where_the_headless_shell_cannot_be_had(machine):
    assert ensured(machine, {2: f"{UNKNOWN}-headless-shell"}) == (
        0, "", ["update -qq", SHELL, "install -qq -y chromium"])


def test_the_locks_of_another_package_manager_are_waited_for_with_one_sentence(machine):
    code, said, calls = ensured(machine, {1: LISTS, 2: LISTS, 4: FRONT})
    assert (code, said) == (0, f"{WAITING}\n")
    assert calls == ["update -qq"] * 3 + [SHELL] * 2


def test_the_wait_has_an_end(machine):
    code, said, calls = ensured(machine, dict.fromkeys(range(1, 200), LISTS))
    assert code == 1 and len(calls) == 600 / 5 + 1
    assert said.splitlines()[:2] == [WAITING, LISTS] and "The browser tests need Chromium" in said


def test_any_other_refusal_is_shown_at_once(machine):
    code, said, calls = ensured(machine, {2: f"{UNKNOWN}-headless-shell", 3: UNKNOWN})
    assert code == 1 and calls == ["update -qq", SHELL, "install -qq -y chromium"]
    assert said.startswith(f"{UNKNOWN}\n") and "PLUMBLINE_CHROMIUM" in said
