"""What one call that proposes will take, found before anything is asked: by the length of its prompt, written out."""

from itertools import islice

from lib.engine.suggesters.drafting import critiques_for, differences_for
from lib.engine.suggesters.work import setting_of
from lib.prompting import guidelines, judge, suggest
from lib.records import PromptVersion, Spent
from lib.records.suggestion import AT_ONCE, GUIDELINES, REVISION, Difference
from lib.store import Store
from lib.store.review import critiques

# Of a reply, in tokens: thirty rules with their critiques, the reason for a revision beside its text, rules alone.
_OF_GUIDELINES, _OF_A_REASON, _OF_A_REFLECTION = 900, 200, 500


def of_a_proposal(store: Store, version: PromptVersion, kind: str, expert: str, config: dict) -> Spent:
    """About what one draft, or one reflection of a search, takes; four characters a token."""
    setting = setting_of(store)
    if kind == GUIDELINES:
        prompt = suggest.guidelines_prompt(setting, version.template, critiques_for(store, expert, config["most"]))
        return Spent(1, _tokens(prompt), _OF_GUIDELINES)
    if kind == REVISION:
        shown, _ = differences_for(store, config["run"], expert, config["most"])
        return Spent(1, _tokens(suggest.revision_prompt(setting, version.template, shown)),
                     _tokens(version.template) + _OF_A_REASON)
    shown = [_as_if_it_differed(store, key, expert) for key in islice(config["train"], AT_ONCE)]
    return Spent(1, _tokens(suggest.reflection_prompt(setting, guidelines.section(version.template), shown)),
                 _OF_A_REFLECTION)


def _as_if_it_differed(store: Store, key: int, expert: str) -> Difference:
    """The judge's critique is not known yet: about as long as the expert's."""
    trace, label = critiques.labelled(store, key, expert)
    return Difference(trace.id, trace.input, trace.output or "", label.outcome, label.critique, label.outcome,
                      label.critique)


def _tokens(prompt: str) -> int:
    return judge.estimate_tokens([{"content": prompt}])
