"""The command line called in this process: what it says on which stream, and its exit code."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from lib.cli.main import main
from tests.support import HOUSE

EXAMPLES = HOUSE / "data" / "examples"
NQ, MEETINGS = EXAMPLES / "nq301_llm_judges.jsonl", EXAMPLES / "tofueval_meetings.jsonl"
IMPORT_NQ = [
    "import", NQ, "--map", "id=id", "--map", "input=input", "--map", "output=output", "--context", "gold_answers",
    "--dimension", "assistants", "--label", "adjudicated=human_label", "--label", "annotator1=annotator1",
    "--label", "annotator2=annotator2", "--label", "annotator3=annotator3",
    "--verdict", "gpt-4=judges.gpt-4.verdict:judges.gpt-4.critique",
    "--verdict", "davinci=judges.text-davinci-003.verdict:judges.text-davinci-003.critique"]
IMPORT_MEETINGS = [
    "import", MEETINGS, "--context", "reference_key_points", "--dimension", "topic_category", "--dimension",
    "assistant", "--label", "linguists=human_label:human_critique", "--failure-modes", "error_types"]


class CommandLine:
    """`cli("traces", "--limit", 1)` on one database file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, *words: object, code: int = 0, project: str | None = None) -> Result:
        """Calls a command, which has to end with this code and without a traceback."""
        result = self.call(*words, project=project)
        assert result.exit_code == code, result.output
        return result

    def call(self, *words: object, project: str | None = None) -> Result:
        """Calls a command, whatever code it ends with."""
        which = [] if project is None else ["--project", project]
        result = CliRunner().invoke(main, ["--db", str(self.path), *which, *map(str, words)], prog_name="plumbline")
        assert isinstance(result.exception, (SystemExit, type(None))), result.exception
        return result

    def json(self, *words: object, project: str | None = None) -> dict[str, Any]:
        """The one object a command prints with --json; nothing else may stand on standard output."""
        found = json.loads(self(*words, "--json", project=project).stdout)
        assert isinstance(found, dict)
        return found

    def refused(self, *words: object, code: int = 2, project: str | None = None) -> str:
        """The sentence a command is refused with; standard output stays empty."""
        result = self(*words, code=code, project=project)
        assert result.stdout == "" and "Traceback" not in result.stderr
        return " ".join(result.stderr.split())
