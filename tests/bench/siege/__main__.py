"""Besieges the product on loopback and prints what held, as a table: `python -m tests.bench.siege`.

    --only NAME   one part, by the name of its file in tests/bench/siege; may be repeated
    --quick       a tenth of everything, to try it
    --seed N      draws what an earlier siege drew [default: a new one, printed]

Exits with 1 where a line did not hold. Each part is a process of its own in a temporary folder, is killed with all
that it started when its time is over, and reaches nothing but this machine.
The whole took 26 minutes on two cores that others used too.
"""

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from time import monotonic

from tests.support import HOUSE
from tests.support.siege import Line, Siege

PARTS = ("reviewers", "labelling", "runs", "importing", "migrations", "hostile", "formula", "canary", "strangers",
         "roles")
QUICK = 0.1
MOST_MB = 2_000  # of memory that the largest process of a part may hold
HEAD = "| what | tried | should | seen | seconds |\n|---|---|---|---|---|"
# What a user of this machine has set must reach nobody here.
UNSET = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "PLUMBLINE_ADDRESSES", "PLUMBLINE_CALLABLE", "PLUMBLINE_DB",
         "PLUMBLINE_GGUF", "PLUMBLINE_GGUF_FOLDERS", "PLUMBLINE_SECRETS")


def main() -> int:
    """All parts, or those named."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.siege", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--here", type=Path, help=argparse.SUPPRESS)  # one part, in this very process
    options = parser.parse_args()
    if options.here:
        return _here(options.only[0], Siege(options.here, options.seed, QUICK if options.quick else 1.0))
    print(f"seed {options.seed}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} from others before"
          f"{', a tenth of everything' if options.quick else ''}\n\n{HEAD}", flush=True)
    lines = [line for name in options.only or PARTS for line in _apart(name, options.seed, options.quick)]
    missed = [line for line in lines if not line.held]
    print(f"\n{len(lines)} lines, {len(missed)} missed" + "".join(f"\n- {line.what}: {line.seen}" for line in missed))
    return bool(missed)


def _here(name: str, siege: Siege) -> int:
    """Works one part off and says each line as it comes, for whoever started this process."""
    os.umask(0o077)  # as the product makes its files: else each one it opens is narrowed, and it says so
    for line in import_module(f"tests.bench.siege.{name}").rows(siege):
        print("line", json.dumps(asdict(line)), flush=True)
    used = max(resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print("memory", used // 1024, flush=True)
    return 0


def _apart(name: str, seed: int, quick: bool) -> list[Line]:
    """The lines of one part, which runs in a process, a session and a folder of its own, and not for ever."""
    limit, began, lines = import_module(f"tests.bench.siege.{name}").LIMIT, monotonic(), []
    with tempfile.TemporaryDirectory(prefix="siege-", ignore_cleanup_errors=True) as folder:
        words = [sys.executable, "-m", "tests.bench.siege", "--here", folder, "--only", name, "--seed", str(seed)]
        process = subprocess.Popen([*words, *["--quick"] * quick], cwd=HOUSE, text=True, stdout=subprocess.PIPE,
                                   env=_environment(folder), start_new_session=True)
        # A part that hangs says nothing either: the alarm ends it, and with it the wait for its next line.
        signal.signal(signal.SIGALRM, lambda *_: _end(process, folder))
        signal.alarm(limit)
        with process.stdout:
            for text in process.stdout:
                kind, _, rest = text.partition(" ")
                if kind == "line":
                    lines.append(_print(Line(**json.loads(rest))))
                elif kind == "memory":
                    lines.append(_print(_memory(name, int(rest), monotonic() - began)))
        signal.alarm(0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        code = process.wait()
        _end(process, folder)
    if code:
        lines.append(_print(Line(f"{name} came to its end", "1", "within its time and without an error",
                                 f"exit {code} after {monotonic() - began:.0f} s of {limit}", False, 0.0)))
    return lines


def _environment(folder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    return kept | {"PLUMBLINE_MODELS": str(Path(folder) / "models"), "PLUMBLINE_MODEL_THREADS": "1",
                   "PLUMBLINE_DB": str(Path(folder) / "none.db"), "PYTHONUNBUFFERED": "1"}


def _end(process: subprocess.Popen, folder: str) -> None:
    """Kills a part with all that it started: its session, and what works on a file in its folder."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    table = subprocess.run(["ps", "-axww", "-o", "pid=,args="], capture_output=True, text=True, check=True).stdout
    for line in table.splitlines():
        if folder in line and int(line.split()[0]) != os.getpid():
            with suppress(ProcessLookupError):
                os.kill(int(line.split()[0]), signal.SIGKILL)


def _memory(name: str, most: int, seconds: float) -> Line:
    return Line(f"memory of the largest process of {name}", "1", f"< {MOST_MB:,} MB", f"{most:,} MB in {seconds:.0f} s "
                "for all of it", most < MOST_MB, 0.0)


def _print(line: Line) -> Line:
    mark = "" if line.held else "**MISSED** "
    print(f"| {line.what} | {line.tried} | {line.should} | {mark}{line.seen} | {line.seconds:.1f} |", flush=True)
    return line


if __name__ == "__main__":
    sys.exit(main())
