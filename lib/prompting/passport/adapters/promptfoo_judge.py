"""The judge as an assertion of promptfoo, which needs a Python with the openai package (PROMPTFOO_PYTHON):

    defaultTest:
      assert:
        - type: python
          value: file://promptfoo_judge.py

The trace is the var `input`, with its {{ }} filled in by promptfoo, or the whole prompt where there is no such var, and
the output; the critique is the reason. promptfoo counts an error of an assertion as FAILED, and has no way to say
otherwise: it stands there with "no verdict" at the start of its reason and with promptfoo's own mark, `graderError:
true` in its metadata, by which Plumbline reads it as an error. Take those out before you count. Never use it under
not-python, which makes passes of errors.
"""

from judge import judge
from openai import OpenAI, OpenAIError


def get_assert(output: str, context: dict) -> dict:
    """A GradingResult of promptfoo: pass or fail with its critique, or marked as an error with its kind."""
    try:
        trace = {"input": context["vars"].get("input") or context["prompt"], "output": output}
        found = judge(trace, OpenAI().chat.completions.create)
        error = found.error and f"{found.error}: {found.raw}"
    except OpenAIError as broken:
        error = str(broken)
    if error:
        return {"pass": False, "score": 0, "reason": f"no verdict, {error}", "metadata": {"graderError": True}}
    return {"pass": found.outcome == "pass", "score": int(found.outcome == "pass"), "reason": found.critique}
