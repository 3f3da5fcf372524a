"""What a watch reads and asks in tests: a log that grows in a folder of its own, a judge that fails what says wrong."""

from pathlib import Path

from lib.store import Store
from lib.workflow.judge import judging
from tests.support.endpoint import Endpoint, fenced, prompt_of, verdict


def log_in(folder: Path) -> Path:
    """The path of a log, which nothing has written yet, in a folder that is there."""
    (folder / "logs").mkdir()
    return folder / "logs" / "app.jsonl"


def fails_wrong(store: Store, endpoint: Endpoint) -> Store:
    """The same project, with a judge that the endpoint answers for: fail where the trace says wrong, else pass."""
    endpoint.plan = lambda body: verdict("fail" if "wrong" in fenced(prompt_of(body)) else "pass")
    judging.ensure_judge(store)
    return store
