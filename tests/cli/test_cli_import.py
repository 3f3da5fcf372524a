"""The import on the command line says how far it is where a person watches, and nothing of it anywhere else."""

import os
import pty
import subprocess
import sys

from lib.store import open_store
from lib.store.dataset import imports
from lib.workflow.dataset import reading
from tests.support.commands import CommandLine
from tests.support.pages import HOUSE
from tests.support.running import written_to

MANY = imports.FIRST_SLICE + 10


def command(file, db) -> list[str]:
    return [sys.executable, "-m", "lib", "--db", str(db), "import", str(file)]


def test_a_long_import_tells_a_terminal_how_far_it_is(tmp_path):
    file, db = tmp_path / "many.csv", tmp_path / "p.db"
    file.write_text("id,input,output\n" + "".join(f"t{n},ask {n},say {n}\n" for n in range(MANY)))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command(file, db), cwd=HOUSE, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    shown = written_to(ours)
    out, code = process.communicate()[0], process.returncode
    assert code == 0 and f"{MANY:,} new traces" in out and "\r" not in out
    assert f"\r\033[K{reading.STEP:,} rows read; time left: –, " in shown
    assert f"] {imports.FIRST_SLICE:,} of {MANY:,} traces stored, about " in shown and " seconds left" in shown
    assert shown.endswith("\r\033[K") and open_store(db).value("select count(*) from traces") == MANY


def test_a_pipe_gets_the_result_alone(tmp_path):
    file = tmp_path / "many.csv"
    file.write_text("id,input,output\n" + "".join(f"t{n},ask {n},say {n}\n" for n in range(reading.STEP)))
    done = subprocess.run(command(file, tmp_path / "p.db"), cwd=HOUSE, capture_output=True, text=True, check=True)
    assert done.stderr == "" and done.stdout.startswith("many.csv: 10,000 new traces")


def test_rows_whose_input_is_taken_from_messages_are_counted_before_and_after(tmp_path):
    cli = CommandLine(tmp_path / "p.db")
    file = tmp_path / "mixed.jsonl"
    file.write_text('{"input": "a", "output": "b"}\n'
                    '{"messages": [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}\n')
    said = "1 row has no input: it is taken from the messages there.\n"
    assert said in cli("import", file, "--dry-run").stdout and said in cli("import", file).stdout
    file.write_text('{"input": "x", "output": "y"}\n')
    assert "messages" not in cli("import", file).stdout
