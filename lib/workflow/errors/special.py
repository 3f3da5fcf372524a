"""Judges with one criterion: built from a failure mode, with a prompt, examples and labels of their own."""

import re
from dataclasses import dataclass

from lib.prompting import texts
from lib.records import PromptVersion, UsageError
from lib.store import Store, experts
from lib.store.errors import mode_decisions, mode_facts, special_judges
from lib.workflow.errors import checking
from lib.workflow.judge import judging, versions

ENOUGH_FAILS = 20  # with the failure mode; below it nobody can say how often the judge finds it
EXAMPLES = 4
_NO_DEFINITION = "Write here what makes an output one of these, and what does not."
_PLACEHOLDER = re.compile(r"\{(?=[{%#])")


@dataclass(frozen=True)
class Material:
    """What a judge of a failure mode would be measured on, by the principal expert."""

    fails: int  # that have it
    passes: int  # that passed, or failed and were coded without it
    uncoded: int  # fails that say nothing to it

    @property
    def few(self) -> bool:
        """Whether there are too few fails to measure it on."""
        return self.fails < ENOUGH_FAILS


def material(store: Store, mode: str) -> Material:
    """How many labels a judge of this failure mode would have."""
    person = experts.principal(store)
    return Material(*mode_facts.labels_of(store, person.name, mode)) if person else Material(0, 0, 0)


def build(store: Store, mode: str, name: str = "", reason: str = "") -> PromptVersion:
    """A new judge for one failure mode with its first prompt and examples; before error analysis it needs a reason."""
    found = mode_decisions.get(store, mode)
    if not reason.strip() and (why := checking.early(store)):
        raise UsageError(why)
    judge = name.strip() or found.name
    with store.transaction():
        special_judges.add(store, judge, mode, reason)
        return judging.save_prompt(store, judge, template(found.name, found.definition),
                                   versions.suggest(store, EXAMPLES, judge),
                                   note=f"The prompt that a judge of “{found.name}” starts with.")


def template(criterion: str, definition: str) -> str:
    """The first prompt of a judge for a failure mode; what stands in name and definition is never a placeholder."""
    named = {name: f"{{{{ {name} }}}}" for name in ("examples", "trace")}
    return texts.fill(texts.read("special"), criterion=_literal(criterion),
                      definition=_literal(definition) or _NO_DEFINITION, **named)


def _literal(text: str) -> str:
    return _PLACEHOLDER.sub("{ ", text.strip())
