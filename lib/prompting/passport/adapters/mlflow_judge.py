"""The judge as a scorer of MLflow, for data whose inputs have `input` and whose outputs are texts:

    from mlflow_judge import plumbline_judge
    mlflow.genai.evaluate(data=[{"inputs": {"input": "…"}, "outputs": "…"}], scorers=[plumbline_judge])

"yes" is a pass, "no" a fail, the critique is the rationale. An error stays one: the assessment has no value, its error
has the kind as its code, and it counts in no average.
"""

from judge import judge
from mlflow.entities import AssessmentError, Feedback
from mlflow.genai import scorer
from openai import OpenAI


@scorer
def plumbline_judge(inputs: dict, outputs: str) -> Feedback:
    """A Feedback with a value and its critique, or with an error; what the client raises MLflow records as one."""
    found = judge({"input": inputs["input"], "output": outputs}, OpenAI().chat.completions.create)
    if found.outcome is None:
        return Feedback(error=AssessmentError(found.error, found.raw))
    return Feedback(value={"pass": "yes", "fail": "no"}[found.outcome], rationale=found.critique)
