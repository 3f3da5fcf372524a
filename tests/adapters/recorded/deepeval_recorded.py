"""Recorded shape of DeepEval 4.3.1: a metric that is measured, and asked whether the test case passed."""

import asyncio

from recording import module, said, tell


class BaseMetric:
    threshold = score = reason = success = error = None

    def is_successful(self):
        self.success = self.error is None and self.score >= self.threshold
        return self.success


class Case:
    def __init__(self, input, actual_output):
        self.input, self.actual_output = input, actual_output


def main():
    module("deepeval.metrics", BaseMetric=BaseMetric)
    from deepeval_judge import PlumblineJudge
    metric = PlumblineJudge()

    def ask(one):
        case = Case(one["input"], one["output"])
        try:
            assert metric.measure(case, _show_indicator=False, _in_component=False) == asyncio.run(
                metric.a_measure(case, _show_indicator=False, _in_component=False)) == metric.score
        except Exception:
            assert metric.score is metric.reason is None
            raise
        assert isinstance(metric.__name__, str)
        return said(metric.is_successful(), metric.reason)

    tell(ask)


main()
