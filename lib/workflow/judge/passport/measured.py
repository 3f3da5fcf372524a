"""What a passport says of how far its judge can be trusted: figures by split, looks, noise, and what it is not for."""

import hashlib
import json
from typing import Any

from lib.records import QUEUED, RUNNING, TEST, Figure, PromptVersion, Run, UsageError
from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.judge import splits
from lib.store.judge.leaving import passports
from lib.workflow import endpoints, figures
from lib.workflow.figures import Agreement
from lib.workflow.judge import noise, versions

NAMED = ("agreement", "tpr", "tnr", "kappa")
_CELLS = ("pass_pass", "pass_fail", "fail_pass", "fail_fail")


def runs_of(store: Store, version: PromptVersion) -> list[Run]:
    """The runs of a version that have ended, newest first: of each model and split the newest."""
    found: dict[tuple[str, str | None], Run] = {}
    for run in versions.with_verdicts(store, version):
        if run.status not in (QUEUED, RUNNING):
            found.setdefault((run.model, run.split), run)
    return list(found.values())


def agreements(store: Store, found: list[Run]) -> list[dict[str, Any]]:
    """The figures of these runs against the principal, each with its counts; of test only where it was opened."""
    made = []
    for run in found if experts.principal(store) else ():
        for split, one in ((run.split or "all but a sealed test", figures.agreement(store, run=run.id)),
                           (TEST, figures.test_agreement(store, run))):
            if one and one.counts.n:
                made.append(_told(store, run, split, one))
    return made


def _told(store: Store, run: Run, split: str, found: Agreement) -> dict[str, Any]:
    labels, judged = data_of(store, run.id, found.expert) or ("", "")
    return {"run": run.id, "shard": run.chosen.get("shard"), "model": run.model,
            "answered_as": passports.answered_as(store, run.id), "split": split,
            "expert": found.expert, "pairs": found.counts.n, "errors": found.counts.errors,
            "counts": dict(zip(_CELLS, found.counts.cells, strict=True)),
            **{name: _figure(found.figures[name]) for name in NAMED}, "provisional": found.provisional,
            "labels_sha256": labels, "traces_sha256": judged}


def data_of(store: Store, run: int, expert: str) -> tuple[str, str] | None:
    """Hashes of the labels and of the traces that a run is measured on: SHA-256 over both by trace id.

    None where this project has no such run or expert, or no label on it.
    """
    try:
        rows = passports.labels_of(store, run, expert)
    except UsageError:
        return None
    return (_hash([(content, outcome) for _, content, outcome in rows]),
            _hash([content for _, content, _ in rows])) if rows else None


def _figure(found: Figure) -> dict[str, Any]:
    said = {"value": found.value, "low": found.low, "high": found.high, "of": found.n}
    return said | ({"why": found.why} if found.why else {})


def _hash(found: list[Any]) -> str:
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()


def looks(store: Store, judge: str) -> list[dict[str, Any]]:
    """Every time the judge's test split was opened, and why."""
    return [{"version": one.version, "reason": one.reason, "at": one.created_at} for one in splits.looks(store, judge)]


def noise_of(store: Store, found: list[Run]) -> dict[str, Any] | None:
    """On how many traces the judge contradicted itself, asked the same again; None where it was never asked again."""
    for run in found:
        if (own := noise.of(store, run.id)).repeated:
            return {"run": run.id, "repeated": own.repeated, "contradicted": len(own.noisy), **_figure(own.share)}
    return None


def not_for(store: Store, judge: str, found: list[Run], told: list[dict[str, Any]]) -> list[str]:
    """What the judge must not be used for, by what is known of it: a sentence each."""
    said = ["No guardrail: it was measured on recorded traces, after the fact. It says how good a product is and "
            "does not stand between the product and its users."]
    if not told:
        return [*said, "Its agreement with an expert was never measured. No figure that it gives may be quoted."]
    model = told[0]["model"]
    said.append(f"No other model than {model}, and no edited prompt: the figures are of these words asked of this "
                "model. Measure again after any change.")
    said.append(_kinds(store))
    if all(one["split"] != TEST for one in told):
        said.append("Its figures are not of a sealed test: the prompt was improved on these very labels. Expect "
                    "somewhat less on new traces.")
    elif (times := len(splits.looks(store, judge))) > 1:
        said.append(f"The test split was opened {times} times, and after the first time its figures flatter.")
    said += [f"Provisional: {one['provisional']}" for one in told[:1] if one["provisional"]]
    if any(endpoints.is_trial(run) for run in found):
        said.append("It was asked of the small model for trying the path, which is too small to judge.")
    return said


def _kinds(store: Store) -> str:
    values = {name: list(found)[:12] for name, found in traces.dimensions(store).items()}
    known = "; ".join(f"{name}: {', '.join(found)}" for name, found in values.items() if found)
    return ("No traces of another kind than it was measured on" + (f" ({known})." if known else ".")
            + " A rate of new traces is corrected by its TPR and TNR, which hold for traces like these alone.")


def sentence(told: dict[str, Any]) -> str:
    """One row of figures in words: "dev, 120 pairs with Ann: agreement 85.0% (78% to 90%), TPR …"."""
    said = [f"{name if name in ('agreement', 'kappa') else name.upper()} {metrics.format_cell(name, figure)}"
            for name in NAMED if (figure := Figure(told[name]["value"], told[name]["low"], told[name]["high"],
                                                   told[name].get("why", ""), told[name]["of"]))]
    errors = metrics.format_errors(told["errors"])
    part = f", shard {told['shard']} alone" if told.get("shard") else ""
    return f"{told['split']}{part}, {counted(told['pairs'], 'pair')} with {told['expert']}{errors}: {', '.join(said)}"
