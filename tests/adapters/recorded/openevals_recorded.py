"""Recorded shape of openevals 0.2.2: an evaluator is called with inputs, outputs and more, by name."""

from openevals_judge import plumbline_judge
from recording import said, tell


def ask(one):
    found = plumbline_judge(inputs={"input": one["input"]}, outputs={"output": one["output"]}, reference_outputs=None)
    assert found.keys() == {"key", "score", "comment"}
    return said(found["score"], found["comment"])


tell(ask)
