"""Pull and push against the real Phoenix and the real MLflow: 10,000 traces, a kill in the middle, each thing once.

Run by `make test-sources`, which makes an environment in the folder that SOURCES names. It prints both ratios.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from lib.store import open_store, projects
from tests.support import HOUSE
from tests.support.commands import CommandLine
from tests.support.platforms.measured import measured
from tests.support.platforms.servers import Server, running
from tests.support.steps import say

MANY = int(os.environ.get("TRACES", "10000"))


@pytest.fixture(scope="module", params=["phoenix", "mlflow"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """A server with many traces; a person there failed one of them, a model passed another."""
    with running(request.param, tmp_path_factory.mktemp(request.param)) as found:
        found.seed("shop", MANY)
        _speak(found)
        yield found


def _asked(server: Server, path: str, body: object = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(server.url + path, data, {"Content-Type": "application/json"})) as answer:
        return json.load(answer)


def _speak(server: Server) -> None:
    """As a person and a model speak there, by the platform's own interface."""
    if server.kind == "phoenix":
        spans = _asked(server, "/v1/projects/shop/spans?limit=10&order=asc&parent_id=null")["data"]
        said = [("correct", "HUMAN", "fail", "wrong day"), ("quality", "LLM", "pass", "fits")]
        _asked(server, "/v1/span_annotations?sync=true", {"data": [
            {"span_id": span["context"]["span_id"], "name": name, "annotator_kind": kind,
             "result": {"label": word, "explanation": why}}
            for span, (name, kind, word, why) in zip(spans, said, strict=False)]})
        return
    for info, (name, kind, value, why) in zip(_infos(server), (("correct", "HUMAN", False, "wrong day"),
                                                               ("quality", "LLM_JUDGE", True, "fits")), strict=False):
        _asked(server, f"/api/3.0/mlflow/traces/{info['trace_id']}/assessments", {"assessment": {
            "assessment_name": name, "trace_id": info["trace_id"], "feedback": {"value": value}, "rationale": why,
            "source": {"source_type": kind, "source_id": "ann@x.org"}}})


def _infos(server: Server, most: int = 100) -> list[dict]:
    place = _asked(server, "/api/2.0/mlflow/experiments/get-by-name?experiment_name=shop")["experiment"]
    return _asked(server, "/api/3.0/mlflow/traces/search", {
        "locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": place["experiment_id"]}}],
        "max_results": most, "order_by": ["timestamp_ms ASC"]})["traces"]


def _ours(server: Server) -> list[str]:
    """What stands there under our names."""
    if server.kind == "mlflow":
        return [one["assessment_name"] for info in _infos(server) for one in info.get("assessments", ())
                if one["assessment_name"].startswith("plumbline")]
    spans = _asked(server, "/v1/projects/shop/spans?limit=200&order=asc&parent_id=null")["data"]
    ids = "&".join(f"span_ids={span['context']['span_id']}" for span in spans)
    found = _asked(server, f"/v1/projects/shop/span_annotations?limit=1000&{ids}")["data"]
    return [one["name"] for one in found if one["name"].startswith("plumbline")]


def _killed(path: Path) -> int:
    """A pull that is killed once it has stored a part; how many traces are there then."""
    process = subprocess.Popen([sys.executable, "-m", "lib", "--db", path, "source", "pull", "app"], cwd=HOUSE,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    store = projects.choose(open_store(path), None)
    while not store.value("select coalesce(max(read), 0) from source_pulls"):
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return store.value("select count(*) from traces")


def test_pull_and_push_both_ways(server: Server, tmp_path: Path):
    cli = CommandLine(tmp_path / "plumbline.db")
    cli("source", "add", "app", "--kind", server.kind, "--address", server.url, "--project", "shop")
    kept = _killed(cli.path)
    pull = cli.json("source", "pull", "app")
    print(f"\n{server.kind}: killed after {kept:,} traces; {pull['done']:,} read in the end, {pull['left_out']}")
    assert 0 < kept < MANY and pull["id"] == 1
    store = projects.choose(open_store(cli.path), None)
    assert store.value("select count(*) from traces") == MANY
    assert [tuple(row) for row in store.rows("select outcome, critique from labels")] == [("fail", "wrong day")]
    assert [tuple(row) for row in store.rows("select outcome, critique from verdicts")] == [("pass", "fits")]
    again = cli.json("source", "pull", "app", "--since", "2020-01-01")
    assert (again["done"], again["traces"], again["labels"], again["verdicts"]) == (MANY, 0, 0, 0)

    store.execute("update traces set split = 'dev'")
    ids = [row[0] for row in store.rows("select trace_id from traces order by created_at limit 5")]
    for id in ids:
        say(store, id, "pass", expert="Bo", critique="seen")
    assert cli.json("source", "push", "app", "--labels")["sent"] == 0 and _ours(server) == []
    assert cli.json("source", "push", "app", "--labels", "--yes")["sent"] == 5
    assert cli.json("source", "push", "app", "--labels", "--yes")["sent"] == 0
    say(store, ids[0], "fail", expert="Bo", critique="looked again")
    assert cli.json("source", "push", "app", "--labels", "--yes")["sent"] == 1
    assert _ours(server) == ["plumbline label"] * 5
    back = cli.json("source", "pull", "app", "--since", "2020-01-01")
    assert (back["traces"], back["labels"], back["verdicts"]) == (0, 0, 0)


def test_a_pull_costs_little_more_than_the_platforms_own_client(server: Server, tmp_path: Path):
    found = measured(server, "shop", tmp_path)
    print(f"\n{found.text}")
    assert found.pull_mb < 250
