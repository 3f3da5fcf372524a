"""The workflow file of the guide: the commands of its steps, run in their order by a shell, on a real file."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lib.store import Store
from tests.support import HOUSE
from tests.support.errors.gates import answers, judges, project

BLOCK = re.search(r"^```yaml\n(.*?)^```", (HOUSE / "docs" / "gates.md").read_text(), re.S | re.M)[1]
# Read as lines: the file is short, and of YAML it uses names and values alone.
ENVIRONMENT = re.findall(r"^      ([A-Z_]+): \$\{\{ .+ \}\}$", BLOCK, re.M)
STEPS = [(name, "if: always()" in rest, re.search(r"^        run: (.+)$", rest, re.M)[1])
         for name, rest in re.findall(r"^      - name: (.+)\n((?:        .+\n)+)", BLOCK, re.M)]
JUDGE, BACK, TELL = "Is the judge good enough", "Is anything back that was fixed", "Tell the pull request"


def build(db: Store, server, endpoint, folder: Path, version: str) -> dict[str, int]:
    """Step -> exit code, as a runner has it: after a step that fails only those run that always do."""
    (folder / ".venv").symlink_to(sys.prefix)
    given = {"PLUMBLINE_DB": str(db.path), "OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": "k", "VERSION": version,
             "ANSWERS": f"{server.url}/ask"}
    assert set(given) == set(ENVIRONMENT)
    env = {**os.environ, **given, "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "PYTHONPATH": str(HOUSE)}
    codes: dict[str, int] = {}
    for name, always, line in STEPS:
        if always or not any(codes.values()):
            codes[name] = subprocess.run(["bash", "-e", "-c", line], cwd=folder, env=env, timeout=120,
                                         check=False, capture_output=True).returncode
    return codes


@pytest.mark.parametrize("late, swapped, codes", [
    (0, False, [0, 0, 0, 0]), (12, False, [0, 0, 1, 0]), (6, False, [0, 0, 3, 0]), (0, True, [0, 0, 1, 0])])
def test_its_steps_end_as_they_must(db, ai_system, endpoint_env, tmp_path, late, swapped, codes):
    project(db, ai_system, endpoint_env)
    seen = answers(built=late)
    ai_system.plan = lambda body: seen({**body, "version": "built"})
    endpoint_env.plan = judges("in time") if swapped else judges()
    (tmp_path / "runner").mkdir()
    found = build(db, ai_system, endpoint_env, tmp_path / "runner", "built")
    assert list(found.values()) == codes and [JUDGE, BACK, TELL] == list(found)[1:]
    summary = (tmp_path / "runner" / "summary.md").read_text()
    assert summary.startswith(f"### Gate: {({0: 'pass', 1: 'fail', 3: 'inconclusive'})[codes[2]]}\n")
    assert ("It is the judge that changed." in summary) == swapped


def test_an_inconclusive_gate_can_let_a_build_through():
    said = re.search(r"write `(.+?)` behind the command", (HOUSE / "docs" / "gates.md").read_text())[1]
    codes = [subprocess.run(["bash", "-e", "-c", f"(exit {code}) {said}"], check=False).returncode
             for code in (0, 1, 3)]
    assert codes == [0, 1, 0]
