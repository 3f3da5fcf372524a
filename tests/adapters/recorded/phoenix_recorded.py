"""Recorded shape of Phoenix's evals 3.9.4: a function that is made an evaluator by name, and what it returns."""

from recording import module, said, tell


class Score:
    def __init__(self, *, score=None, label=None, explanation=None):
        self.score, self.label, self.explanation = score, label, explanation


def main():
    module("phoenix.evals", Score=Score, create_evaluator=lambda name, kind: lambda made: made)
    from phoenix_judge import plumbline_judge

    def ask(one):
        found = plumbline_judge(input=one["input"], output=one["output"])
        assert found.score == {"pass": 1.0, "fail": 0.0}[found.label]
        return said(found.label == "pass", found.explanation)

    tell(ask)


main()
