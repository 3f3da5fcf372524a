"""The judge as an evaluator of Arize Phoenix (arize-phoenix-evals), for a table with columns input and output:

    from phoenix_judge import plumbline_judge
    evaluate_dataframe(dataframe=df, evaluators=[plumbline_judge], exit_on_error=False, max_retries=0)

The label is pass or fail, the critique is the explanation. An error stays one: no label and no number, and the row's
plumbline_judge_execution_details say FAILED with what was said. Without max_retries=0 Phoenix asks up to ten times
more until some reply can be read; without exit_on_error=False the rows after the first error are not evaluated.
"""

from judge import judge
from openai import OpenAI
from phoenix.evals import Score, create_evaluator


@create_evaluator(name="plumbline_judge", kind="llm")
def plumbline_judge(input: str, output: str) -> Score:
    """Label pass or fail with its critique; RuntimeError with the kind of error where there is no verdict."""
    found = judge({"input": input, "output": output}, OpenAI().chat.completions.create)
    if found.outcome is None:
        raise RuntimeError(f"no verdict, {found.error}: {found.raw}")
    return Score(score=float(found.outcome == "pass"), label=found.outcome, explanation=found.critique)
