"""The judge as a plug-in of pytest, named in conftest.py or with -p pytest_judge:

    pytest_plugins = ["pytest_judge"]

    def test_the_hours_are_told(judged):
        judged(input=question, output=product(question))

A fail fails the test with the critique; a pass has it as a property of the test. An error stays one: the test is
counted under errors (E), not under failed. Only a JUnit file, which has errors of set-up alone, calls it a failure; its
message begins with NoVerdict there.
"""

import pytest
from judge import judge
from openai import OpenAI, OpenAIError


class NoVerdict(Exception):
    """The kind of error, and what was said."""


@pytest.fixture
def judged(record_property):
    """A function of one trace: passes, fails with the critique, or raises NoVerdict."""
    def asked(**trace) -> None:
        try:
            found = judge(trace, OpenAI().chat.completions.create)
        except OpenAIError as error:
            raise NoVerdict(str(error)) from error
        if found.outcome is None:
            raise NoVerdict(f"{found.error}: {found.raw}")
        record_property("critique", found.critique)
        if found.outcome == "fail":
            pytest.fail(found.critique, pytrace=False)

    return asked


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Marks the report of a test that ended without a verdict."""
    report = yield
    report.no_verdict = bool(call.excinfo and call.excinfo.errisinstance(NoVerdict))
    return report


def pytest_report_teststatus(report):
    """Counts such a test under errors."""
    return ("error", "E", "ERROR") if getattr(report, "no_verdict", False) else None
