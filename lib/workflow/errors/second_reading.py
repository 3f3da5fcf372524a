"""A model's second reading of a fail: its own note, to be had only once a person has saved one.

It is kept beside the person's note and is never one; what was answered once is not paid again.
"""

from dataclasses import dataclass

from lib.records import FAIL, QUEUED, RUNNING, Job, UsageError
from lib.store import Store
from lib.store.dataset import traces
from lib.store.errors import analyses, notes
from lib.store.review import labels
from lib.workflow import endpoints, figures

_KEPT = "Your own note is stored as it was. Ask again, or choose another model in Settings."


@dataclass(frozen=True)
class Reading:
    """How far a second reading is: `text` once the model has noted something, `why` where it has ended without."""

    job: Job
    text: str = ""
    why: str = ""

    @property
    def under_way(self) -> bool:
        """Whether its process has still to end."""
        return not self.text and self.job.status in (QUEUED, RUNNING)

    @property
    def trial(self) -> bool:
        """Whether it is by the small embedded model, which is for trying the path."""
        return endpoints.is_trial(self.job)


def refused(store: Store, trace_id: str, author: str) -> str:
    """Why this author may not see a second reading of a trace, as a sentence; '' where nothing stands against it."""
    expert = figures.principal_name(store)
    label = labels.current(store, trace_id, expert)
    if label is None or label.outcome != FAIL:
        return f"Trace '{trace_id}' is no fail of {expert}: notes are on fails."
    if notes.written_by(store, trace_id, author) is None:
        return (f"{author} has saved no note on trace '{trace_id}': write it first. A model's note is shown only "
                "beside a person's own.")
    return ""


def of(store: Store, trace_id: str, author: str, analysis: int | None = None) -> Reading | None:
    """What the model notes on a trace as it is now, or how far that is; by one analysis alone where it is named.

    None where nobody has asked, and where this author has saved no note of their own.
    """
    found = [] if refused(store, trace_id, author) else [
        one for one in _every(store, trace_id) if analysis in (None, one.job.id)]
    return next((one for one in found if one.text), next(iter(found), None))


def _every(store: Store, trace_id: str) -> list[Reading]:
    """Whatever was asked about a trace as it is now, newest first."""
    content = traces.get(store, trace_id).content_hash
    return [_reading(analyses.get(store, row["analysis"]), row["item"])
            for row in analyses.about(store, analyses.NOTES, trace_id) if row["item"]["content"] == content]


def _reading(job: Job, item: dict[str, str]) -> Reading:
    if "note" in item or job.status in (QUEUED, RUNNING):
        return Reading(job, item.get("note", ""))
    why = item.get("why") or f"Analysis {job.id} is {job.status}: {job.message}"
    return Reading(job, why=f"{why.rstrip('.')}. {_KEPT}")


def start(store: Store, trace_id: str, author: str, *, endpoint: str | None = None, model: str | None = None) -> Job:
    """A queued analysis that asks for the model's own note on a fail.

    One that is under way or has brought a note is returned instead, unless another endpoint or model is named than
    it was asked with. UsageError where this author has saved no note on the trace.
    """
    if why := refused(store, trace_id, author):
        raise UsageError(why)
    if found := _standing(store, trace_id, endpoint, model):
        return found
    chosen = endpoints.choice(store, endpoint, model)
    with store.transaction():  # of two presses the second finds what the first has queued
        return _standing(store, trace_id, endpoint, model) or _queued(store, trace_id, chosen)


def _standing(store: Store, trace_id: str, endpoint: str | None, model: str | None) -> Job | None:
    return next((one.job for one in _every(store, trace_id) if not one.why
                 and endpoint in (None, one.job.endpoint) and model in (None, one.job.model)), None)


def _queued(store: Store, trace_id: str, chosen: endpoints.Choice) -> Job:
    trace = traces.get(store, trace_id)
    number = analyses.create(store, analyses.NOTES, [(trace.key, {"content": trace.content_hash})],
                             config={"expert": figures.principal_name(store)}, endpoint=chosen.endpoint,
                             model=chosen.model)
    return analyses.get(store, number)
