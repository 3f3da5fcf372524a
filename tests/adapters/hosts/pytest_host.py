"""Five tests of pytest with the plug-in, a trace each, and under what pytest counts each of them."""

import contextlib
import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

TESTS = '''
import json
from pathlib import Path

import pytest

TRACES = {one.pop("id"): one for one in json.loads(Path("traces.json").read_text())}


@pytest.mark.parametrize("name", TRACES)
def test_five(judged, name):
    judged(**TRACES[name])
'''


class Listening:
    """Keeps what the terminal counts."""

    def pytest_terminal_summary(self, terminalreporter):
        self.counted = {name: [report for report in reports if report.when == "call"]
                        for name, reports in terminalreporter.stats.items() if name in ("passed", "failed", "error")}


Path("test_five.py").write_text(TESTS)
Path("conftest.py").write_text('pytest_plugins = ["pytest_judge"]\n')
listening = Listening()
with contextlib.redirect_stdout(sys.stderr):
    pytest.main(["-p", "no:cacheprovider", "--rootdir=.", "--junitxml=five.xml", *sys.argv[1:]], plugins=[listening])
told = {"version": pytest.__version__}
for kind, reports in listening.counted.items():
    for report in reports:
        name, critique = report.nodeid.partition("[")[2][:-1], dict(report.user_properties).get("critique")
        told[name] = {"error": report.longrepr.reprcrash.message} if kind == "error" else {
            "outcome": {"passed": "pass", "failed": "fail"}[kind], "critique": critique}
        assert kind != "failed" or report.longreprtext == critique
told["rate"] = len(listening.counted["passed"]) / sum(len(listening.counted[kind]) for kind in ("passed", "failed"))
told["in a JUnit file"] = sorted(f"{one.tag} {one.get('message').partition(':')[0]}"
                                 for one in ElementTree.parse("five.xml").iter() if one.get("message"))
print(json.dumps(told))
