"""Fetches all of a project into a file with the platform's own client, and prints (traces or spans, seconds, MB).

`python own_client.py phoenix|mlflow ADDRESS PROJECT FILE`, with the environment of tests/sources/requirements.txt.
"""

import json
import re
import sys
from time import monotonic

kind, address, project, file = sys.argv[1:]
with open(file, "w") as out:
    if kind == "phoenix":
        from phoenix.client import Client

        begun = monotonic()
        found = Client(base_url=address).spans.get_spans(project_identifier=project, limit=1_000_000)
        out.writelines(json.dumps(span) + "\n" for span in found)
    else:
        import mlflow

        mlflow.set_tracking_uri(address)
        begun = monotonic()
        place = mlflow.get_experiment_by_name(project).experiment_id
        found = mlflow.search_traces(locations=[place], max_results=1_000_000, return_type="list")
        out.writelines(trace.to_json() + "\n" for trace in found)
with open("/proc/self/status") as status:  # its own alone: getrusage would say the parent's
    greatest = int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) // 1024
print(json.dumps([len(found), round(monotonic() - begun, 2), greatest]))
