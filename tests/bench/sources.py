"""A pull of sources beside each platform's own client: `python -m tests.bench.sources [N]`, N traces of two spans.

It starts both real servers, fills them, and prints a line for each: seconds, MB, the ratio, whose bar is 1.2. The
environment of the servers is in the folder that SOURCES names (`make test-sources` makes it).
"""

import sys
import tempfile
from pathlib import Path

from tests.support.platforms.measured import measured
from tests.support.platforms.servers import running

if __name__ == "__main__":
    for kind in ("phoenix", "mlflow"):
        with tempfile.TemporaryDirectory() as work, running(kind, Path(work)) as there:
            there.seed("shop", int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
            print(measured(there, "shop", Path(work)).text, flush=True)
