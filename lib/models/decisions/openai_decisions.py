"""OpenAI's Decisions: `POST {base}/decisions`, an input and a list of questions, answers by position."""

from typing import Any

from lib.models.decisions import reading
from lib.models.decisions.asked import NAME, Question, meanings
from lib.models.decisions.reading import Unusable
from lib.records import FAIL, PASS

PATH = "/decisions"


def body(question: Question, model: str) -> dict[str, Any]:
    """The body of a call. A yes/no question has no place for what yes and no mean: it stands in the instructions."""
    examples = [f"Example {number}. Judged: {one.outcome}.\n{one.told}"
                for number, one in enumerate(question.examples, 1)]
    return {"model": model, "input": "\n\n".join((*examples, question.told)), "questions": [_question(question)]}


def _question(question: Question) -> dict[str, Any]:
    said = f"{question.instructions}\n\n{question.text}"
    if question.choice:
        return {"type": "choice", "name": NAME, "instructions": said, "choices": [
            {"value": outcome, "description": question.means[outcome]} for outcome in question.order]}
    return {"type": "predicate", "name": NAME, "instructions": f"{said}\nYes is pass, no is fail.\n"
                                                               f"{meanings(question)}"}


def read(found: dict[str, Any], question: Question) -> tuple[float, dict[str, Any]]:
    """(probability of pass, what it was read from); Unusable where the answer is none."""
    answers = found.get("answers")
    if not isinstance(answers, list) or not answers:
        raise Unusable(reading.NO_ANSWER, "a reply without answers")
    answer = reading.fields(answers[0], "an answer")
    if answer.get("type") == "refusal":
        raise Unusable(reading.REFUSAL, "the model refused")
    if len(answers) > 1 or answer.get("name") not in (None, NAME):
        raise Unusable(reading.WRONG_ANSWER, "an answer to another question")
    reading.typed(answer, "choice" if question.choice else "predicate")
    return (_chosen(answer) if question.choice else reading.probability(answer.get("probability"))), {"answer": answer}


def _chosen(answer: dict[str, Any]) -> float:
    shares = answer.get("probabilities")
    if not isinstance(shares, list):
        raise Unusable(reading.NO_ANSWER, "a choice without probabilities")
    rows = [reading.fields(one, "a probability") for one in shares]
    names = [str(one.get("value")) for one in rows]
    if len(set(names)) < len(names):
        raise Unusable(reading.WRONG_ANSWER, "the same option twice")
    if (picked := answer.get("choice")) not in (PASS, FAIL):
        raise Unusable(reading.WRONG_ANSWER, f"the choice '{str(picked)[:80]}', which was not offered")
    return reading.p_pass({name: one.get("probability") for name, one in zip(names, rows, strict=True)},
                          answer.get("confidence"))


def tokens(usage: dict[str, Any]) -> tuple[int | None, int | None, int | None]:
    """Tokens of the prompt, of the reply, and of the prompt out of a cache; None for what was not told."""
    inside = usage.get("input_tokens_details")
    return (reading.count(usage.get("input_tokens")), reading.count(usage.get("output_tokens")),
            reading.count(inside.get("cached_tokens")) if isinstance(inside, dict) else None)
