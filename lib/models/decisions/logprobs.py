"""A chat model that answers with one token of a closed set, and the log-probabilities of that token.

Works with every chat endpoint that tells log-probabilities, the embedded model's among them.
"""

from math import exp
from typing import Any

from lib.models.decisions import reading
from lib.models.decisions.asked import Question, meanings
from lib.models.decisions.reading import Unusable
from lib.records import FAIL, OUTCOMES, PASS

PATH = "/chat/completions"
MOST_TOKENS = 20  # alternatives that an endpoint tells of a token
PARAMETERS = {"max_tokens": 1, "temperature": 0, "logprobs": True, "top_logprobs": MOST_TOKENS}
AROUND = " \t\r\n\"'`*_.:▁Ġ"  # of a token: spaces, quotation marks, and what tokenizers write for a space


def body(question: Question, model: str) -> dict[str, Any]:
    """The body of a call but for its parameters. All that is the same for every trace comes first: it is read once."""
    options = " or ".join(question.order)
    same = (f"{question.instructions}\n\n{question.text}\n{meanings(question)}\n"
            f"Answer with one word and nothing else: {options}.")
    shown = [turn for one in question.examples for turn in (
        {"role": "user", "content": one.told}, {"role": "assistant", "content": one.outcome})]
    return {"messages": [{"role": "system", "content": same}, *shown, {"role": "user", "content": question.told}],
            "model": model}


def read(found: dict[str, Any], question: Question) -> tuple[float, dict[str, Any]]:
    """(probability of pass, what it was read from); Unusable where the reply tells none, or too little of them."""
    choices = found.get("choices")
    if not isinstance(choices, list) or not choices:
        raise Unusable(reading.NO_ANSWER, "a reply without any choice")
    choice = reading.fields(choices[0], "a choice")
    message = choice.get("message")
    if isinstance(message, dict) and message.get("refusal"):
        raise Unusable(reading.REFUSAL, "the model refused")
    shares = by_label(_first(choice.get("logprobs")))
    mass = reading.massed(min(1.0, sum(shares.values())))
    value = shares[PASS] / (shares[PASS] + shares[FAIL])
    return value, {"probabilities": shares, "label_mass": mass}


def _first(told: Any) -> list[Any]:
    """The alternatives of the first token; Unusable where none are told."""
    content = told.get("content") if isinstance(told, dict) else None
    first = content[0] if isinstance(content, list) and content else None
    tops = first.get("top_logprobs") if isinstance(first, dict) else None
    if not isinstance(tops, list) or len(tops) < 2:
        raise Unusable(reading.NO_PROBABILITIES, "a reply without log-probabilities")
    return tops


def by_label(tops: list[Any]) -> dict[str, float]:
    """Outcome -> probability over all spellings of its word, such as " pass" and "Pass"."""
    shares = dict.fromkeys(OUTCOMES, 0.0)
    for one in tops:
        token = reading.fields(one, "an alternative")
        label = outcome_of(str(token.get("token", "")))
        if label:
            shares[label] += from_log(token.get("logprob"))
    return shares


def outcome_of(token: str) -> str | None:
    """The outcome whose word a token is, however it is spelled; None for every other token."""
    word = token.strip(AROUND).lower()
    return word if word in OUTCOMES else None


def from_log(value: Any) -> float:
    """The probability of a log-probability; Unusable for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value <= reading.SLACK:
        raise Unusable(reading.NOT_A_PROBABILITY, f"{str(value)[:80]} where a log-probability was expected")
    return min(1.0, exp(value))


def tokens(usage: dict[str, Any]) -> tuple[int | None, int | None, int | None]:
    """Tokens of the prompt, of the reply, and of the prompt out of a cache; None for what was not told."""
    inside = usage.get("prompt_tokens_details")
    return (reading.count(usage.get("prompt_tokens")), reading.count(usage.get("completion_tokens")),
            reading.count(inside.get("cached_tokens")) if isinstance(inside, dict) else None)
