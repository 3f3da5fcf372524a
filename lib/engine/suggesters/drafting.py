"""One call that drafts: guidelines out of train critiques, or a changed prompt out of dev differences."""

from dataclasses import asdict, replace
from typing import Any

from lib.engine.suggesters.work import SuggestionWork
from lib.prompting import suggest
from lib.records import OUTCOMES
from lib.records.disagreements import BORDERLINE
from lib.records.suggestion import Critique, Difference
from lib.store import Store
from lib.store.judge import rulings
from lib.store.review import critiques

NEWEST = 200  # critiques of each outcome that are looked at
LONGEST = 2_000  # characters of one text


def critiques_for(store: Store, expert: str, most: int) -> list[Critique]:
    """The newest complete train critiques of both outcomes in turn, as many as one prompt may hold."""
    return suggest.within_budget([critiques.of_train(store, expert, outcome, NEWEST, LONGEST)
                                  for outcome in OUTCOMES], most)


def differences_for(store: Store, run: int, expert: str, most: int) -> tuple[list[Difference], int]:
    """Dev differences of a run in both directions, with what rulings noted; and how many there are in all.

    What was ruled borderline is none: nobody can say which way the prompt should go.
    """
    ruled = rulings.endings(store, run, expert)
    found = [replace(one, note=ruled.get(one.trace, ("", ""))[1])
             for one in critiques.differing(store, run, expert, LONGEST)
             if ruled.get(one.trace, ("", ""))[0] != BORDERLINE]
    groups = [[one for one in found if one.expert_outcome == outcome] for outcome in OUTCOMES]
    return suggest.within_budget(groups, most), len(found)


class DraftingGuidelines(SuggestionWork):
    """Rules, each with the labels that justify it."""

    async def call(self, key: int) -> dict[str, Any]:
        """What is kept: the rules, what was dropped, and how many critiques were shown and left out."""
        expert = self.principal.name
        shown = critiques_for(self.store, expert, self.suggestion.config["most"])
        found = await suggest.ask_guidelines(self.client, self.suggestion.model, self.setting, self.version.template,
                                             shown)
        return {**asdict(found), "shown": len(shown),
                "left_out": critiques.count_of_train(self.store, expert) - len(shown)}


class DraftingRevision(SuggestionWork):
    """A changed prompt with the traces it was drawn from."""

    async def call(self, key: int) -> dict[str, Any]:
        """What is kept: the prompt, why, and the differences that were shown."""
        config = self.suggestion.config
        shown, all_of_them = differences_for(self.store, config["run"], self.principal.name, config["most"])
        found = await suggest.ask_revision(self.client, self.suggestion.model, self.setting, self.version.template,
                                           shown)
        return {**asdict(found), "rows": [asdict(one) for one in shown], "left_out": all_of_them - len(shown)}
