#!/usr/bin/env bash
# Label Studio's short forms of one and the same export disagree about what is data and what is an answer.
#
# Guess before running: JSON_MIN and CSV are two spellings of one table. Both hold the same id for a row, and where a
# field of the labelling form is called like a column of the data, both rename one of the two.
#
# What came: CSV writes the data's own id, JSON_MIN the number of the task in its place. CSV moves the data's column
# to _data_answer; JSON_MIN overwrites it, so the answer of the AI system is gone and the annotator's words stand there.
#
# What we do: the number of a task is never taken for a trace's id, _data_ columns are read as the data, and a JSON_MIN
# file in which a column of the data differs between annotations of one task is refused with "export as JSON".
#
# Exits with 0 while this holds.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "label-studio-sdk==2.1.2" 2> /dev/null

cat > "$folder/tasks.json" << 'JSON'
[{"id": 11, "data": {"id": "t-1", "answer": "Yes."}, "predictions": [], "annotations": [
  {"id": 1, "completed_by": 1, "was_cancelled": false, "lead_time": 2.0,
   "created_at": "2026-11-30T07:00:00Z", "updated_at": "2026-11-30T07:00:00Z", "result": [
    {"from_name": "answer", "to_name": "a", "type": "textarea", "value": {"text": ["Yes, in five days."]}}]}]}]
JSON

"$folder/venv/bin/python" - "$folder" << 'PYTHON'
import csv
import json
import sys
from importlib.metadata import version

from label_studio_sdk.converter import Converter

folder = sys.argv[1]
form = '<View><Text name="a" value="$answer"/><TextArea name="answer" toName="a"/></View>'
converter = Converter(form, project_dir=folder, download_resources=False)
converter.convert_to_json_min(f"{folder}/tasks.json", f"{folder}/min", is_dir=False)
converter.convert_to_csv(f"{folder}/tasks.json", f"{folder}/csv", is_dir=False, sep=",")
with open(f"{folder}/min/result.json", encoding="utf-8") as file:
    small = json.load(file)[0]
with open(f"{folder}/csv/result.csv", encoding="utf-8", newline="") as file:
    table = next(csv.DictReader(file))

print("label-studio-sdk", version("label-studio-sdk"))
print("the data say:    id = t-1, answer = Yes.")
print(f"JSON_MIN writes: id = {small['id']}, answer = {small['answer']}, _data_answer: {'_data_answer' in small}")
print(f"CSV writes:      id = {table['id']}, answer = {table['answer']}, _data_answer = {table.get('_data_answer')}")
holds = (small["id"] == 11 and table["id"] == "t-1" and table.get("_data_answer") == "Yes."
         and "Yes." not in small.values())
print("Still so: the AI system's answer is nowhere in JSON_MIN." if holds else "This has changed: look again.")
sys.exit(0 if holds else 1)
PYTHON
