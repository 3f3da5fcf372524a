"""A passport comes back as a prompt version, here or in another project, and says what its figures vouch for no more.

Examples stay linked to labels where the same label on the same trace is here; else they stand in the text itself.
"""

import json
import re
from dataclasses import dataclass

from lib.prompting import hints, pictures, texts
from lib.prompting import judge as words
from lib.prompting.passport import asking
from lib.prompting.wording import Wording
from lib.records import PromptVersion, UsageError
from lib.records.words import counted
from lib.store import Store, projects
from lib.store.judge import judges
from lib.store.judge.leaving import passports
from lib.store.review import criteria
from lib.workflow.judge import judging, versions
from lib.workflow.judge.passport import measured
from lib.workflow.judge.passport.reading import Passport

_EXAMPLES = re.compile(r"\{\{-?\s*examples\s*-?\}\}")
_MARKS = re.compile(r"\{(?=[{%#])")  # what a text from elsewhere could begin a placeholder with


@dataclass(frozen=True)
class Imported:
    """The version a passport became, whether it was there already, and what no longer holds: a sentence each."""

    version: PromptVersion
    already: bool
    remarks: tuple[str, ...]


def bring(store: Store, found: Passport, name: str | None = None) -> Imported:
    """Saves the version of a passport as the next one of a judge of its name, or of `name`; twice adds nothing.

    UsageError for a judge of one failure mode that this project has not: its criterion would mean nothing here.
    """
    name = (name or found.judge.name).strip()
    _check_criterion(store, found, name)
    with store.transaction():
        chosen = _linked(store, found)
        template = found.saved.template if chosen is not None else _told(found)
        parameters, model = versions.parameters(json.dumps(found.saved.parameters)), found.saved.model
        known = judges.prompts(store, name) if name in judges.every(store, archived=True) else []
        same = next((one for one in known if (one.template, one.parameters, one.model) == (template, parameters, model)
                     and [shown.label.key for shown in one.examples] == (chosen or [])), None)
        version = same or judging.save_prompt(store, name, template, chosen or [], model, parameters,
                                              f"From the passport of version {found.judge.version} of "
                                              f"{found.judge.name}, written on {found.exported_at[:10]}.")
        return Imported(version, same is not None, tuple(_remarks(store, found, chosen is not None)))


def _check_criterion(store: Store, found: Passport, name: str) -> None:
    mine = judges.special(store).get(name, (None,))[0]
    if found.judge.criterion and mine != found.judge.criterion:
        raise UsageError(f"This judge has one criterion, the failure mode “{found.judge.criterion}”. Build a judge of "
                         "it here first (Error analysis), and import the passport as the next version of that one "
                         "with --as.")
    if mine and not found.judge.criterion:
        raise UsageError(f"The judge “{name}” here has the one criterion “{mine}”, and the passport's judge has none: "
                         "import it under another name with --as.")


def _linked(store: Store, found: Passport) -> list[int] | None:
    """The labels of this project that are its examples, in order; None where one is not here or may not be shown."""
    keys = [passports.same_label(store, one.content_hash, one.outcome, one.critique) for one in found.examples]
    if None in keys:
        return None
    try:
        judging.check_examples(store, keys, found.judge.name)
    except UsageError:
        return None
    return keys


def _told(found: Passport) -> str:
    """The template with its examples written out; nothing in them is read as a placeholder."""
    shown = _MARKS.sub("{ ", found.prompt.fills.get("examples", words.NONE_YET))
    return _EXAMPLES.sub(lambda _: shown, found.saved.template)


def _remarks(store: Store, found: Passport, linked: bool) -> list[str]:
    said, here = [], projects.current(store)
    if not linked:
        said.append(f"{counted(len(found.examples), 'example')} stand in the text of the prompt itself, for their "
                    "labels are not in this project or may not be shown here: the marks around them are plain text.")
    if found.project.question != here.question:
        said.append(f"It was measured on another question, “{found.project.question}”; here it is asked "
                    f"“{here.question}”.")
    known = criteria.newest(store)
    if "criteria" in words.placeholders(found.saved.template) and (known.text if known else "") != found.saved.criteria:
        said.append("The criteria document here is another one than it was measured with.")
    return [*said, *_on_figures(store, found)]


def _as_noted(found: Passport) -> bool:
    """Whether the version, asked here, makes the messages that the passport notes for the trace of its check."""
    template = hints.sent(found.saved.template, {"examples": bool(found.examples),
                                                 "criteria": bool(found.saved.criteria.strip())})
    asked = Wording(template, texts.pieces(template), found.prompt.fills, pictures.wanted(found.saved.parameters))
    try:
        return asked.messages(asking.trace_of(found.check["trace"])) == found.check["messages"]
    except (LookupError, TypeError, ValueError, AttributeError):
        return False


def _on_figures(store: Store, found: Passport) -> list[str]:
    if not found.figures:
        return ["Its passport vouches for nothing: its agreement with an expert was never measured."]
    if not _as_noted(found):
        return ["Its figures hold for other words: this prompt does not make the messages that the passport notes, so "
                "it was edited, or another version of Plumbline wrote it. Run it and measure again."]
    said = []
    for one in found.figures:
        if found.saved.model and found.saved.model != one.model:
            said.append(f"Its figures on {one.split} are of the model {one.model}, and the version names "
                        f"{found.saved.model}.")
        hold = measured.data_of(store, one.run, one.expert)
        if hold == (one.labels_sha256, one.traces_sha256):
            continue
        what = ("the labels have changed since" if hold and hold[1] == one.traces_sha256 else
                "those traces and labels are not in this project" if hold is None else "its traces have changed since")
        said.append(f"Its figures on {one.split} ({counted(one.pairs, 'pair')} with {one.expert}, model {one.model}) "
                    f"hold here no more: {what}. Run it and measure again.")
    return said

