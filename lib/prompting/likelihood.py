"""How likely a written verdict's outcome was: the log-probabilities of its word, where the endpoint tells them.

Pure. The critique comes first, so it is the probability of pass after that critique. The verdict stays as it is.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lib.models.decisions import logprobs, reading
from lib.models.decisions.reading import Unusable
from lib.models.replies import Reply
from lib.records import FAIL, OUTCOMES, PASS, Verdict

PARAMETERS = {"logprobs": True, "top_logprobs": logprobs.MOST_TOKENS}
# The outcome's word in a JSON object, and in a line of its own; a quotation inside a text has a backslash before it.
_WORD = re.compile(r"""(?<!\\)["'*_ ]*\b(?:outcome|verdict)\b["'*_ ]*\s*[:=]\s*["'*_ ]*(pass|fail)\b""", re.I)


def with_probability(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a run that asks for the probabilities too."""
    return {**parameters, **PARAMETERS}


def asked(parameters: dict[str, Any]) -> bool:
    """Whether a run with these parameters asks for the probabilities."""
    return parameters.get("logprobs") is True


def told(verdict: Verdict, reply: Reply) -> Verdict:
    """The verdict with the probability of pass at the place of its outcome's word; as it is where none is told."""
    if verdict.outcome is None or not isinstance(reply.tokens, list):
        return verdict
    try:
        shares = _shares(verdict.outcome, [reading.fields(one, "a token") for one in reply.tokens])
        if shares is None:
            return verdict
        mass = reading.massed(min(1.0, sum(shares.values())))
    except Unusable:
        return verdict
    return replace(verdict, p_pass=shares[PASS] / (shares[PASS] + shares[FAIL]),
                   p_raw=json.dumps({"probabilities": shares, "label_mass": mass}))


def _shares(outcome: str, tokens: Sequence[dict[str, Any]]) -> dict[str, float] | None:
    """Outcome -> probability among the alternatives of the token in which its word begins; None where it is not found.

    A token that is a part of the word stands for it: where one begins with "p" none of "fail" is left.
    """
    texts = [str(one.get("token") or "") for one in tokens]
    found = [one for one in _WORD.finditer("".join(texts)) if one[1].lower() == outcome]
    place, at = found[-1].start(1) if found else -1, 0
    for token, text in zip(tokens, texts, strict=True):
        at += len(text)
        if at > place >= 0:
            before = text[:place - (at - len(text))]
            tops = token.get("top_logprobs")
            return _by_outcome(before, tops) if isinstance(tops, list) and len(tops) > 1 else None
    return None


def _by_outcome(before: str, tops: list[Any]) -> dict[str, float]:
    shares = dict.fromkeys(OUTCOMES, 0.0)
    for one in tops:
        text = str(reading.fields(one, "an alternative").get("token") or "")
        word = text.removeprefix(before).strip(logprobs.AROUND).lower()
        begun = [outcome for outcome in OUTCOMES if word and (outcome.startswith(word) or word == outcome)]
        for outcome in begun:
            shares[outcome] += logprobs.from_log(one.get("logprob"))
    return shares
