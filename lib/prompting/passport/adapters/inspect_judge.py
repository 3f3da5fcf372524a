"""The judge as a scorer of Inspect:

    from inspect_judge import plumbline_judge
    Task(dataset=…, solver=…, scorer=plumbline_judge())

C is a pass, I a fail, the critique is the explanation. It asks the model role "grader" where one is bound, else the
model it was measured with, by Inspect's own client for OpenAI-compatible endpoints. An error stays one: a reply without
a verdict leaves the sample unscored, out of every metric, with the kind of error as the reason; a call that fails is an
error of the sample, which ends the evaluation unless fail_on_error allows it. Inspect tries such a call again without
end: give it max_retries.
"""

from inspect_ai.model import GenerateConfig, get_model, messages_from_openai
from inspect_ai.scorer import CORRECT, INCORRECT, Score, Scorer, accuracy, scorer
from judge import read, request

_ENDINGS = {"max_tokens": "length", "model_length": "length", "content_filter": "content_filter"}


@scorer(metrics=[accuracy()])
def plumbline_judge(model: str | None = None) -> Scorer:
    """`model`: another one than it was measured with, as Inspect names models."""

    async def judged(state, target) -> Score:
        trace = {"input": state.input_text, "output": state.output.completion}
        asked = request(trace)
        grader = get_model(model, role="grader", default=f"openai/{asked.pop('model')}", responses_api=False)
        said = await grader.generate(await messages_from_openai(asked.pop("messages")),
                                     config=GenerateConfig(extra_body=asked))
        refused = [part.text for part in said.message.content if getattr(part, "refusal", None)]
        found = read({"choices": [{"message": {"content": said.completion, "refusal": "".join(refused)},
                                   "finish_reason": _ENDINGS.get(said.stop_reason, "stop")}]}, trace)
        if found.outcome is None:
            return Score.unscored(reason=found.error, explanation=found.raw)
        return Score(value=CORRECT if found.outcome == "pass" else INCORRECT, explanation=found.critique)

    return judged
