#!/bin/sh
# promptfoo 0.121.20: a grader's reply that is cut off (max_tokens) after its reason and before its verdict is a PASS.
#
# Guess before running: a reply that is no whole JSON is marked graderError ("Could not extract JSON"), as one that is
# cut inside its reason is. What came: the closing brace is put back, a reply without `pass` passes, and so a reply that
# says "It does not fit." and breaks off passes with that very reason; one cut inside `false` or `true` fails with
# "Score 0 below threshold undefined".
#
# What Plumbline does: "Score … below threshold undefined" is read as an error of the grader. The passes cannot be told
# from real ones in the file, so the guide and this script say it: let graders answer briefly, or the verdict first.
#
# Exits 0 as long as the surprise holds. Needs node, npm and a package index; asks no model.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund promptfoo@0.121.20 >/dev/null 2>&1
export PROMPTFOO_DISABLE_TELEMETRY=1 PROMPTFOO_DISABLE_UPDATE=1 PROMPTFOO_CONFIG_DIR="$folder/home"
cat > system.js <<'JS'
module.exports = class { id() { return 'desk'; } async callApi(prompt) { return { output: prompt }; } };
JS
cat > grader.js <<'JS'
const replies = { whole: '{"reason": "It does not fit.", "pass": false}', reason: '{"reason": "It does not fit."',
                  key: '{"reason": "It does not fit.", "pass": ', inside: '{"pass": tru' , early: '{"reason": "It do' };
module.exports = class {
  id() { return 'grader'; }
  async callApi(prompt) { return { output: replies[/case-(\w+)/.exec(prompt)[1]] }; }
};
JS
{
  printf 'prompts: ["{{question}}"]\nproviders: ["file://system.js"]\n'
  printf 'defaultTest: {options: {provider: "file://grader.js"}}\ntests:\n'
  for name in whole reason key inside early; do
    printf '  - {vars: {question: case-%s}, assert: [{type: llm-rubric, value: fits}]}\n' "$name"
  done
} > promptfooconfig.yaml
npx promptfoo eval -c promptfooconfig.yaml --no-cache --no-table --no-progress-bar -o results.json >/dev/null 2>&1 || true
npx promptfoo --version
python3 - <<'PY'
import json, sys

found = {}
for result in json.load(open("results.json"))["results"]["results"]:
    part = result["gradingResult"]["componentResults"][0]
    found[result["vars"]["question"]] = (part["pass"], part["reason"], bool((part.get("metadata") or {}).get("graderError")))
for name, said in sorted(found.items()):
    print(name, said)
expected = {"case-whole": (False, "It does not fit.", False), "case-reason": (True, "It does not fit.", False),
            "case-key": (True, "It does not fit.", False),
            "case-inside": (False, "Score 0 below threshold undefined", False),
            "case-early": (False, "Could not extract JSON from llm-rubric response", True)}
print("A reply cut off after its reason passes with that reason." if found == expected else "This has changed.")
sys.exit(found != expected)
PY
