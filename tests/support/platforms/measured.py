"""How long a pull takes beside the platform's own client that fetches the same into a file; and how much memory."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.support import HOUSE
from tests.support.commands import CommandLine
from tests.support.platforms.servers import Server, own

BAR = 1.2
TIMES = 3  # of each, in turn; the fastest counts, for the machine may be busy with others
# In a process of its own, so that its memory is its own: the greatest it ever had, in MB.
_PULL = ("import re, sys; from lib.cli.main import main\ntry: main(sys.argv[1:])\n"
         "finally: print(int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024)")


@dataclass(frozen=True)
class Measured:
    """Seconds and MB of both."""

    kind: str
    traces: int
    pull: float
    pull_mb: int
    client: float
    client_mb: int

    @property
    def text(self) -> str:
        """In a line."""
        ratio = self.pull / self.client
        return (f"{self.kind}, {self.traces:,} traces: pull {self.pull:.1f} s, {self.pull_mb} MB; its own client into "
                f"a file {self.client:.1f} s, {self.client_mb} MB; ratio {ratio:.2f} ({'' if ratio <= BAR else 'not '}"
                f"within {BAR})")


def measured(server: Server, project: str, folder: Path) -> Measured:
    """Both in turn, the fastest of each."""
    pulls, clients = [], []
    for number in range(TIMES):
        n, seconds, mb = json.loads(own("own_client.py", server.kind, server.url, project, folder / "all.jsonl"))
        clients.append((seconds, mb))
        pulls.append(_pull(server, project, folder / f"pull{number}.db"))
    traces = n // 2 if server.kind == "phoenix" else n  # its client fetches spans, of which each trace has two
    return Measured(server.kind, traces, *min(pulls), *min(clients))


def _pull(server: Server, project: str, path: Path) -> tuple[float, int]:
    CommandLine(path)("source", "add", "app", "--kind", server.kind, "--address", server.url, "--project", project)
    begun = monotonic()
    done = subprocess.run([sys.executable, "-c", _PULL, "--db", path, "source", "pull", "app"], cwd=HOUSE,
                          capture_output=True, text=True, check=True)
    return monotonic() - begun, int(done.stdout.splitlines()[-1])

