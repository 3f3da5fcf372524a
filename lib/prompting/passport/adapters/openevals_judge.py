"""The judge as an evaluator of openevals, and so of LangSmith:

    from openevals_judge import plumbline_judge
    run_multiturn_simulation(app=…, user=…, trajectory_evaluators=[plumbline_judge])
    langsmith.evaluate(target, data=…, evaluators=[plumbline_judge])

Inputs and outputs are texts, or dicts with "input" and "output"; outputs alone may be a conversation. True is a pass,
the critique is the comment. openevals has no place for an error, so it is raised. langsmith.evaluate then keeps a
result without a value and with the error as its comment; a simulation prints the error and leaves the result out, so
compare the number of results with what you asked for.
"""

from judge import judge
from openai import OpenAI


def plumbline_judge(*, inputs=None, outputs, **kwargs) -> dict:
    """An EvaluatorResult; RuntimeError with the kind of error where there is no verdict."""
    trace = {name: found[name] if isinstance(found, dict) else found
             for name, found in (("input", inputs), ("output", outputs))}
    if isinstance(outputs, list):
        trace = {"input": outputs[0]["content"], "output": outputs[-1]["content"], "messages": outputs}
    found = judge(trace, OpenAI().chat.completions.create)
    if found.outcome is None:
        raise RuntimeError(f"no verdict, {found.error}: {found.raw}")
    return {"key": "plumbline_judge", "score": found.outcome == "pass", "comment": found.critique}
