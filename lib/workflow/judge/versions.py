"""The prompt bench: drafts, known mistakes, a first choice of examples, and how figures moved over versions."""

import json
from dataclasses import replace
from typing import Any

from lib.models import llm
from lib.prompting import critique_hints, lint, pictures
from lib.records import QUEUED, RUNNING, Counts, Decision, Example, PromptVersion, Run, UsageError
from lib.records.words import counted
from lib.statistics.versions import Candidate, Measured, diverse
from lib.store import Store, experts
from lib.store.dataset import chosen, traces
from lib.store.judge import bench, judges, prompt_drafts, runs, verdicts
from lib.store.judge.prompt_drafts import Draft
from lib.store.review import labels
from lib.workflow.judge import judging

NEWEST_TRACES = 3_000  # whose texts a prompt is compared with at each change
NEWEST_LABELS = 500
_SUCH_AS = 'Write an object such as {"temperature": 0}, or leave the field empty.'


def trend(store: Store, judge: str, expert: str, every: bool = False) -> list[Measured]:
    """Each version with its newest run on each set of traces, oldest version first; a run that goes on is no point."""
    versions = {version.key: version for version in judges.prompts(store, judge)}
    ended = {run.id: run for run in runs.every(store, judge)
             if run.prompt in versions and run.done and run.status not in (QUEUED, RUNNING)}
    newest: dict[tuple[int, str], tuple[int, Counts]] = {}
    for run, counts, judged in verdicts.tables(store, judge, list(ended), expert, every):
        if counts.n:
            newest.setdefault((ended[run].prompt, judged), (run, counts))
    points = []
    names: dict[str, str] = {}
    for (prompt, judged), (run, counts) in sorted(newest.items(),
                                                  key=lambda one: (versions[one[0][0]].number, one[1][0])):
        names.setdefault(judged, f"set {len(names) + 1}: {chosen.of_run(ended[run])}, "
                                 f"{counted(judged.count(',') + 1, 'trace')}")
        points.append(Measured(versions[prompt].number, run, names[judged], counts, versions[prompt].note))
    return points


def with_verdicts(store: Store, version: PromptVersion) -> list[Run]:
    """The runs of a prompt version that have a verdict, newest first."""
    return [run for run in runs.every(store, version.judge) if run.prompt == version.key and run.done]


def alike(run: Run | None, among: list[Run]) -> Run | None:
    """Of some runs the newest on the same split as this one, else the newest."""
    same = [one for one in among if run is not None and one.split == run.split]
    return next(iter(same or among), None)


def with_partner(found: list[Run], others: list[Run]) -> Run:
    """The newest run on a split that the others were run on too, else the newest."""
    splits = {run.split for run in others}
    return next((run for run in found if run.split in splits), found[0])


def draft(store: Store, version: PromptVersion) -> Draft:
    """What the editor begins with: what was typed over this version and not saved, else the version itself."""
    typed = prompt_drafts.of_version(store, version.key)
    return saved(version) if typed is None else _whole(version, typed)


def _whole(version: PromptVersion, typed: Draft) -> Draft:
    """The draft with the version's model and parameters where none were typed."""
    return replace(typed, **{name: getattr(saved(version), name) for name in ("model", "parameters")
                             if getattr(typed, name) is None})


def saved(version: PromptVersion) -> Draft:
    """A version as the editor holds it."""
    return Draft(version.template, tuple(one.label.key for one in version.examples), "", version.model or "",
                 json.dumps(version.parameters, ensure_ascii=False) if version.parameters else "")


def parameters(text: str) -> dict[str, Any]:
    """The parameters of a call as they are typed, a JSON object; nothing typed is none of them."""
    try:
        found = json.loads(text, parse_constant=_refuse) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UsageError(f"The parameters are not JSON{where}. {_SUCH_AS}") from None
    if not isinstance(found, dict):
        raise UsageError(f"The parameters are no object of names and values. {_SUCH_AS}")
    if taken := llm.OURS & found.keys():
        raise UsageError(f"'{min(taken)}' is not a parameter to choose: Plumbline sets it. Take it out.")
    pictures.wanted(found)
    return found


def with_pictures(text: str, send: bool) -> str:
    """The parameters as they are typed, with the switch for pictures set or taken out."""
    found = {name: value for name, value in parameters(text).items() if name != pictures.SWITCH}
    found = found | ({pictures.SWITCH: True} if send else {})
    return json.dumps(found, ensure_ascii=False) if found else ""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def keep(store: Store, version: PromptVersion, typed: Draft) -> None:
    """Keeps what was typed; where it is the version again, there is nothing to keep."""
    if _whole(version, typed) == saved(version):
        prompt_drafts.forget(store, version.key)
    else:
        prompt_drafts.keep(store, version.key, typed)


def save(store: Store, start: PromptVersion, typed: Draft, decision: Decision | None = None) -> PromptVersion:
    """A new version out of a draft, made from `start`; the draft is done with. `decision`: how it is asked from now."""
    model = start.model if typed.model is None else typed.model.strip() or None
    chosen = start.parameters if typed.parameters is None else parameters(typed.parameters)
    with store.transaction():
        made = judging.save_prompt(store, start.judge, typed.template, list(typed.examples), model, chosen,
                                   typed.note, start.key, decision or start.decision)
        prompt_drafts.forget(store, start.key)
    return made


def remarks(store: Store, template: str, chosen: list[int], judge: str | None = None) -> list[lint.Remark]:
    """The known mistakes of a prompt as it is typed; no trace but the newest few thousand is looked through."""
    examples: list[Example] = labels.by_keys(store, chosen, judge)
    person = experts.principal(store)
    seen = lint.Seen(traces.dimensions(store),
                     bench.surroundings(store, person.name, NEWEST_LABELS) if person else ())
    return lint.remarks(template, examples, seen, bench.unseen_texts(store, NEWEST_TRACES))


def suggest(store: Store, most: int, judge: str | None = None) -> list[int]:
    """Labels for a prompt that balance the outcomes and show many values of the dimensions, for a person to edit."""
    person = experts.principal(store)
    if person is None:
        return []
    split = judging.example_split(store)
    values = bench.example_values(store, person.name, split)
    return diverse([Candidate(row["label"], row["outcome"], values.get(row["label"], {}),
                              bool(lint.TOO_SHORT & set(critique_hints.hints(row["outcome"], row["critique"]))))
                    for row in labels.candidates(store, person.name, split, judge=judge)], most)
