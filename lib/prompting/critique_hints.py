"""Hints on a critique: what it still lacks, said after it was given, in a sentence or two.

Pure, and modest: it asks, it never writes for the expert. Where a text is not English only its length counts.
"""

import re

from lib.records import PASS

ENOUGH_WORDS = 15  # about a sentence that names what, where and why
ENOUGH_CHARACTERS = 25  # the same, in a script that is written without spaces

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
                       "\U00020000-\U0003ffff]")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_ENGLISH = frozenset("the a an is are was were it its this that to of and in for with not no be has have had did does "
                     "do on at by from as or if they he she you your which".split())
_REASONS = frozenset("because since but so should however although though therefore as must need needs needed instead "
                     "why due lacks lack missing without would could cannot while which means otherwise unless than "
                     "only ought thus hence despite yet reason".split())
_RESERVATIONS = frozenset("but however although though could should would missing misses lacks lack lacking without "
                          "not no nor only except instead better more less unclear vague minor slightly somewhat too "
                          "despite while yet improve improved forgot omits omitted ideally cannot rather still "
                          "wordy verbose long short longer shorter clearer never nit even".split())
_VERDICT = frozenset("pass passes passed fail fails failed good bad great fine ok okay correct incorrect right wrong "
                     "answer response output reply ai assistant model summary result yes no nice perfect excellent "
                     "acceptable unacceptable poor terrible very really quite totally completely just looks seems job "
                     "well done works i me think because so judge verdict agree agreed lgtm".split())

NOTHING = "There is no critique yet. It counts, but a new colleague could not learn from it, and no judge can."
RESTATES = "This says the verdict once more. What in the output made you decide so?"
SHORT = "This may be too short to teach a new colleague. What would they have to look at, and why does it matter?"
NO_REASON = "This says what, but not yet why. What made it a pass or a fail?"
NO_RESERVATION = "What could have been better?"


def hints(outcome: str, critique: str) -> list[str]:
    """Short sentences on what a critique still lacks; none where it can teach. For after the save, never a bar to it.
    """
    words = [word.lower().replace("’", "'") for word in _WORD.findall(critique)]
    if not words:
        return [NOTHING]
    known = [_teaching(critique, words)]
    if outcome == PASS and _english(words) and not _reserved(words):
        known.append(NO_RESERVATION)
    return [hint for hint in known if hint]


def _teaching(critique: str, words: list[str]) -> str:
    if set(words) <= _VERDICT | _ENGLISH:
        return RESTATES
    if _short(critique, words):
        return SHORT
    return NO_REASON if _english(words) and not (set(words) & _REASONS or _negated(words)) else ""


def _short(critique: str, words: list[str]) -> bool:
    unspaced = len(_UNSPACED.findall(critique))
    if unspaced * 2 > sum(character.isalpha() for character in critique):
        return unspaced < ENOUGH_CHARACTERS
    return len(words) < ENOUGH_WORDS


def _english(words: list[str]) -> bool:
    """Two different small words of English, or a text made of nothing but verdict words."""
    return len(set(words) & _ENGLISH) >= 2 or set(words) <= _VERDICT | _ENGLISH


def _reserved(words: list[str]) -> bool:
    return bool(set(words) & _RESERVATIONS) or _negated(words)


def _negated(words: list[str]) -> bool:
    return any(word.endswith("n't") for word in words)
