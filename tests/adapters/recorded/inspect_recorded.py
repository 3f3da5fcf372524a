"""Recorded shape of Inspect 0.3.285: a scorer over a state, a model that is asked, and the unscored sample.

The model's side makes of a completion what Inspect's own client makes of it: a refusal is a part of the content.
"""

import asyncio
import os
from types import SimpleNamespace as Kind

from openai import OpenAI
from recording import module, said, tell


class Model:
    def __init__(self, name):
        self.name = name.removeprefix("openai/")

    async def generate(self, messages, config):
        found = OpenAI().chat.completions.create(model=self.name, messages=messages, **config["extra_body"]).choices[0]
        refused = [Kind(text=found.message.refusal, refusal=True)]
        return Kind(completion=found.message.content or found.message.refusal, stop_reason=found.finish_reason,
                    message=Kind(content=refused if found.message.refusal else found.message.content))


class Score:
    def __init__(self, value=None, explanation=None, reason=None):
        self.value, self.explanation, self.reason = value, explanation, reason

    @classmethod
    def unscored(cls, *, reason=None, explanation=None):
        return cls(float("nan"), explanation, reason)


async def messages_from_openai(messages):
    return messages


def main():
    assert os.environ["OPENAI_BASE_URL"]
    module("inspect_ai.model", GenerateConfig=dict, messages_from_openai=messages_from_openai,
           get_model=lambda model, role, default, responses_api: Model(model or default))
    module("inspect_ai.scorer", CORRECT="C", INCORRECT="I", Score=Score, Scorer=object, accuracy=lambda: "accuracy",
           scorer=lambda metrics: lambda made: made)
    from inspect_judge import plumbline_judge
    judged = plumbline_judge()

    def ask(one):
        found = asyncio.run(judged(Kind(input_text=one["input"], output=Kind(completion=one["output"])), None))
        if found.reason:
            return {"error": f"{found.reason}: {found.explanation}"}
        return said({"C": True, "I": False}[found.value], found.explanation)

    tell(ask)


main()
