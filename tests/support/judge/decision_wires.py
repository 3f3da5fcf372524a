"""Typed questions answered on loopback as OpenAI and System One write them; a body that is not theirs is refused.

    endpoint.others["/v1/decisions"] = decisions(0.8)
    endpoint.others["/v1/systemone"] = system_one(lambda body: 0.2, x_label_mass=0.9)
"""

from collections.abc import Callable
from math import log
from typing import Any

from tests.support.endpoint import Answer, Judge, completion, error

P = float | Callable[[dict[str, Any]], Any]


def _of(p: P, body: dict[str, Any]) -> Any:
    return p(body) if callable(p) else p


def decisions(p: P = 0.8, **answer: Any) -> Judge:
    """OpenAI's shape, strictly; `answer` replaces fields of the one answer."""
    def plan(body: dict[str, Any]) -> Answer:
        if wrong := _wrong_decision(body):
            return error(400, wrong, param="questions[0]")
        asked, value = body["questions"][0], _of(p, body)
        made = {"type": asked["type"], "name": asked["name"]}
        if asked["type"] == "predicate":
            made["probability"] = value
        else:
            shares = {"pass": value, "fail": round(1 - value, 10)}
            made |= {"choice": max(shares, key=shares.get), "confidence": abs(2 * value - 1), "probabilities": [
                {"value": one["value"], "probability": shares[one["value"]]} for one in asked["choices"]]}
        return Answer(body={"model": "gpt-6-luna", "answers": [made | answer], "usage": {
            "input_tokens": 300, "input_tokens_details": {"cached_tokens": 250, "cache_write_tokens": 0},
            "output_tokens": 2, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 302}})

    return plan


def _wrong_decision(body: dict[str, Any]) -> str:
    keys = {"predicate": {"type", "name", "instructions"}, "choice": {"type", "name", "instructions", "choices"}}
    if body.keys() != {"model", "input", "questions"} or not isinstance(body["input"], (str, list)):
        return f"Unknown or missing fields: {sorted(body)}"
    asked = body["questions"][0]
    if len(body["questions"]) != 1 or asked.keys() != keys.get(asked.get("type"), set()):
        return f"Input tag '{asked.get('type')}' found using 'type' does not fit"
    fits = all({"value"} <= one.keys() <= {"value", "description"} for one in asked.get("choices", []))
    return "" if fits else "choices"


def system_one(p: P = 0.8, body: dict[str, Any] | None = None, **answer: Any) -> Judge:
    """The System One shape, strictly; `answer` replaces fields of the one answer, `body` of the reply."""
    more = body or {}

    def plan(body: dict[str, Any]) -> Answer:
        if wrong := _wrong_state(body):
            return Answer(422, {"detail": [{"loc": ["body", "questions"], "msg": wrong, "type": "value_error"}]})
        (name, asked), value = next(iter(body["questions"].items())), _of(p, body)
        made = {"type": asked["type"]}
        if asked["type"] == "noul":
            made["noul"] = value
        else:
            shares = {"pass": value, "fail": round(1 - value, 10)}
            made |= {"choice": max(shares, key=shares.get), "confidence": abs(2 * value - 1),
                     "probabilities": {one: shares[one] for one in asked["criteria"]}}
        return Answer(body={"model": "jev-1.14.0", "answers": {name: made | answer},
                            "usage": {"input_tokens": 300, "output_tokens": 0}} | more)

    return plan


def _wrong_state(body: dict[str, Any]) -> str:
    if body.keys() != {"model", "state", "questions"} or not body["state"] or len(body["questions"]) != 1:
        return f"Unknown or missing fields: {sorted(body)}"
    asked = next(iter(body["questions"].values()))
    wanted = {"noul": {"true", "false"}, "choice": {"pass", "fail"}}.get(asked.get("type"))
    fits = asked.keys() <= {"type", "instructions", "criteria"} and set(asked["criteria"]) == wanted
    return "" if fits else "criteria"


def token(*tops: tuple[str, float], told: bool = True) -> Answer:
    """A chat reply of one token with the probabilities of these; without `told` it says none."""
    made = completion(tops[0][0], "length")
    if told:
        made.body["choices"][0]["logprobs"] = {"content": [{
            "token": tops[0][0], "logprob": log(tops[0][1]),
            "top_logprobs": [{"token": text, "logprob": log(share)} for text, share in tops]}]}
    return made
