"""Recorded shape of MLflow 3.17.2: a scorer is called by name and returns an assessment with a value or an error."""

from recording import module, said, tell


class AssessmentError:
    def __init__(self, error_code, error_message=None):
        self.error_code, self.error_message = error_code, error_message


class Feedback:
    def __init__(self, value=None, error=None, rationale=None):
        assert (value is None) != (error is None)
        self.value, self.error, self.rationale = value, error, rationale


def main():
    module("mlflow.entities", AssessmentError=AssessmentError, Feedback=Feedback)
    module("mlflow.genai", scorer=lambda made: made)
    from mlflow_judge import plumbline_judge

    def ask(one):
        found = plumbline_judge(inputs={"input": one["input"]}, outputs=one["output"])
        if found.error:
            return {"error": f"{found.error.error_code}: {found.error.error_message}"}
        return said({"yes": True, "no": False}[found.value], found.rationale)

    tell(ask)


main()
