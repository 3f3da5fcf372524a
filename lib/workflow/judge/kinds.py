"""The two kinds of judges: how one that answers with a probability is made, and what only the other one can do."""

from dataclasses import replace

from lib.engine.runner import ENVIRONMENT
from lib.models.decisions import door
from lib.models.llm import LlmError
from lib.prompting import decisions
from lib.records import OUTCOMES, Decision, PromptVersion, UsageError
from lib.records.decision import LOGPROBS, WIRES
from lib.store import Store, experts
from lib.store.judge import judges
from lib.store.review import labels
from lib.workflow import endpoints
from lib.workflow.endpoints import Choice
from lib.workflow.judge import judging


def checked(found: Decision) -> Decision:
    """The same; UsageError for what could not be asked: a wire, a meaning or an order that is none."""
    if found.wire not in WIRES:
        raise UsageError(f"There is no wire '{found.wire}'. Wires: {', '.join(WIRES)}.")
    tidy = replace(found, passes=found.passes.strip(), fails=found.fails.strip(), question=found.question.strip(),
                   path=door.check_path(found.path.strip()))
    if not tidy.passes or not tidy.fails:
        raise UsageError("Say what pass means and what fail means, in the expert's words.")
    if not tidy.question:
        raise UsageError("The one question is missing.")
    if sorted(tidy.order) != sorted(OUTCOMES):
        raise UsageError(f"The order is {' or '.join((','.join(OUTCOMES), ','.join(OUTCOMES[::-1])))}.")
    return tidy


def save(store: Store, name: str, found: Decision, *, template: str | None = None, shown: list[int] | None = None,
         model: str | None = None, note: str = "") -> PromptVersion:
    """A new version of a decision judge, the judge made where there is none.

    What is not named stays as in the newest version: instructions, examples (`shown`, label numbers), model.
    """
    known = name.strip() in judges.every(store, archived=True)
    before = next((one for one in judges.prompts(store, name.strip()) if one.decision), None) if known else None
    if before and before.cascade:
        raise UsageError(f"'{name.strip()}' is a cascade of two judges: choose another name.")
    if shown is None:
        shown = [example.label.key for example in before.examples] if before else []
    text = template if template is not None else before.template if before else decisions.DEFAULT_TEMPLATE
    decisions.check_template(text)
    judging.check_examples(store, shown, name)
    return judges.save_prompt(store, name.strip(), text, shown, model or (before and before.model),
                              before and before.parameters, note, decision=checked(found))


def labels_on(store: Store, trace_ids: list[str]) -> list[int]:
    """Numbers of the principal expert's labels on these traces, to be shown as examples; UsageError where one lacks."""
    person, found = experts.principal(store), []
    for trace in trace_ids:
        label = labels.current(store, trace, person.name) if person else None
        if label is None:
            raise UsageError(f"The principal expert has no label on '{trace}': an example shows one.")
        found.append(label.key)
    return found


def no_words(version: PromptVersion, what: str) -> str:
    """Why something that needs written verdicts is refused to this version, as a sentence; "" where it is not."""
    return "" if version.decision is None else (
        f"Judge '{version.judge}' answers with a probability and writes no critique: {what} takes only judges that "
        "write their verdict.")


def need_text(version: PromptVersion, what: str) -> None:
    """UsageError where a version answers with a probability and something asks for words."""
    if said := no_words(version, what):
        raise UsageError(said)


def check_model(store: Store, version: PromptVersion, chosen: Choice) -> None:
    """UsageError where the endpoint says that this model does not answer the way the version asks; silent else."""
    if version.decision is None or chosen.endpoint != ENVIRONMENT:
        return
    try:
        listed = endpoints.models(store, chosen.endpoint)
    except LlmError:
        return
    decides = {one.id: one.decides for one in listed}.get(chosen.model)
    others = [one.id for one in listed if one.decides]
    if version.decision.wire == LOGPROBS and decides:
        raise UsageError(f"'{chosen.model}' is a decision model and writes no text: ask it by the wire systemone.")
    if version.decision.wire != LOGPROBS and decides is False:
        raise UsageError(f"'{chosen.model}' is not a decision model. " + (
            f"Choose one of these: {', '.join(others[:12])}." if others else "Ask it by the wire logprobs."))

