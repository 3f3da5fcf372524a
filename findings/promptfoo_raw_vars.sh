#!/bin/sh
# promptfoo 0.123.1: {% raw %} in a var protects nothing, and an assertion is told other vars than the prompt has got.
#
# Guesses before running, for a var that is a text with {{ }} in it, as a question about templates is:
#   1. wrapped in {% raw %}, the prompt and an assertion's context.vars both get the bare text.
#   2. unwrapped, the {{ name }} of another var is filled in, and both get the same text.
# What came:
#   1. {{ name }} is filled in all the same, and context.vars keeps {% raw %} and {% endraw %} around that: a judge that
#      reads the vars reads a text that nobody wrote and that the system under test has not got.
#   2. as guessed.
#   And a text that names its own var is put into itself 64 times in the prompt, 32 times in context.vars.
#
# What Plumbline does: the first lines of its adapter say that promptfoo fills in the {{ }} of a var before a judge sees
# it. The output, which promptfoo leaves alone, arrives as it is.
#
# Exits 0 as long as the surprise holds. Needs node 22.22 or newer, npm and a package index; asks no model.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund promptfoo@0.123.1 >/dev/null 2>&1
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
  - {description: itself, vars: {input: "<{{ input }}>"}}
YAML
npx promptfoo eval -c promptfooconfig.yaml --no-cache --no-table --no-progress-bar -o results.json >/dev/null 2>&1 || true
npx promptfoo --version
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
nested = [text.count("<") for text in found["itself"]]
holds = (found["wrapped"] == (filled, "{% raw %}" + filled + "{% endraw %}") and found["other"] == (filled, filled)
         and nested == [64, 32])
print("An assertion is told other vars than the prompt." if holds else "This has changed.")
sys.exit(not holds)
PY
# Output seen:
# 0.123.1
# wrapped: the prompt got What does Ann mean?, the assertion {% raw %}What does Ann mean?{% endraw %}
# other: the prompt got What does Ann mean?, the assertion What does Ann mean?
# itself: the prompt got <<<…{{ input }}…>>>, the assertion <<<…{{ input }}…>>>
# An assertion is told other vars than the prompt.
