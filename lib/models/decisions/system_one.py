"""System One: `POST /v1/systemone` at a server's root, a state and questions by name, answers by name.

TypeSafe, Ollama, llama.cpp, SGLang, OpenRouter, Databricks, LiteLLM and others serve it.
"""

import re
from typing import Any

from lib.models.decisions import reading
from lib.models.decisions.asked import NAME, TRUE, Question
from lib.models.decisions.reading import Unusable
from lib.records import FAIL, PASS

PATH = "/v1/systemone"
# As dev-double words them: too little on the labels, and no probabilities at all, which are then 0 and 1 by the text.
_NONE = re.compile(r"no logprobs", re.I)
_LOW = re.compile(r"valid label|label[ _]mass|no label", re.I)


def body(question: Question, model: str) -> dict[str, Any]:
    """The body of a call; the order of the object's keys is the order in which the options are shown."""
    examples = [{"trace": one.told, "judged": one.outcome} for one in question.examples]
    return {"model": model, "state": {**({"examples": examples} if examples else {}), "trace": question.told},
            "questions": {NAME: _question(question)}}


def _question(question: Question) -> dict[str, Any]:
    said = f"{question.instructions}\n\n{question.text}"
    if question.choice:
        return {"type": "choice", "instructions": said, "criteria": dict(question.means)}
    return {"type": "noul", "instructions": said,
            "criteria": {TRUE[outcome]: question.means[outcome] for outcome in question.order}}


def read(found: dict[str, Any], question: Question) -> tuple[float, dict[str, Any]]:
    """(probability of pass, what it was read from); Unusable where the answer is none."""
    answers = found.get("answers")
    if not isinstance(answers, dict) or not answers:
        raise Unusable(reading.NO_ANSWER, "a reply without answers")
    if strange := answers.keys() - {NAME}:
        raise Unusable(reading.WRONG_ANSWER, f"an answer to '{min(strange)[:80]}', which was not asked")
    answer = reading.fields(answers[NAME], "an answer")
    if answer.get("type") == "refusal":
        raise Unusable(reading.REFUSAL, "the model refused")
    reading.typed(answer, "choice" if question.choice else "noul")
    mass, warned = _mass(found, answer)
    value = _chosen(answer) if question.choice else reading.untied(reading.probability(answer.get("noul")),
                                                                   answer.get("confidence"))
    return value, {"answer": answer, **({} if mass is None else {"label_mass": mass}), **warned}


def _chosen(answer: dict[str, Any]) -> float:
    shares = answer.get("probabilities")
    if not isinstance(shares, dict):
        raise Unusable(reading.NO_ANSWER, "a choice without probabilities")
    if (picked := answer.get("choice")) not in (PASS, FAIL):
        raise Unusable(reading.WRONG_ANSWER, f"the choice '{str(picked)[:80]}', which was not offered")
    return reading.p_pass(shares, answer.get("confidence"))


def _mass(found: dict[str, Any], answer: dict[str, Any]) -> tuple[float | None, dict[str, Any]]:
    """What lies on the labels where the server tells it, and its warnings; Unusable where it warns of too little."""
    meta = found.get("meta")
    warned = meta.get("warnings") if isinstance(meta, dict) else None
    told = answer.get("x_label_mass", found.get("x_label_mass"))
    if isinstance(told, dict):  # by question
        told = told.get(NAME)
    mass = None if told is None else reading.massed(told)
    if isinstance(warned, list) and any(_NONE.search(str(one)) for one in warned):
        raise Unusable(reading.NO_PROBABILITIES, "the server says that its model tells no probabilities")
    if isinstance(warned, list) and (low := next((str(one) for one in warned if _LOW.search(str(one))), None)):
        raise Unusable(reading.LOW_MASS, f"the server warns: {low[:200]}")
    return mass, {"warnings": warned} if warned else {}


def tokens(usage: dict[str, Any]) -> tuple[int | None, int | None, int | None]:
    """Tokens of the prompt and of the reply; None for what was not told. Nobody tells cached ones."""
    return reading.count(usage.get("input_tokens")), reading.count(usage.get("output_tokens")), None
