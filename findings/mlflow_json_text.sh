#!/bin/sh
# MLflow 3.17.2, its tracking server, sent one span over OTLP/HTTP by the OpenTelemetry SDK 1.45.2 (2026-11).
#
# Guessed before: the value of an attribute that was set as text comes back as that text, in the REST answer that the
# server's own client reads (/api/3.0/mlflow/traces/batchGet), since OTLP says of each value that it is a string.
#
# Seen: text that can be read as a JSON object, array or string comes back as what it would mean, in OTLP's types: an
# object, a list, or the string without its quotes. A key that stands twice is there once, 1.10 is 1.1, and blanks are
# gone, so the text that the model wrote cannot be had again. Text that looks like a number, true or null stays text.
# An answer in JSON that is pulled from there to be judged for its format is another answer than the one given.
set -eu
folder=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mlflow==3.17.2 opentelemetry-sdk==1.45.2 \
    opentelemetry-exporter-otlp-proto-http==1.45.2
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
venv/bin/mlflow server --backend-store-uri "sqlite:///$folder/mlflow.db" --default-artifact-root "$folder/artifacts" \
    --port "$port" --workers 1 >server.log 2>&1 &
server=$!
cat >seen.py <<'PYTHON'
import json
import sys
import time
import urllib.request

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

server = f"http://127.0.0.1:{sys.argv[1]}"
SET = {"object": '{"price":  1.10, "price": 2.50}', "list": "[1, 2]", "quoted": '"yes"', "number": "1.10",
       "word": "true", "none": "null"}
EXPECTED = {
    "object": {"kvlist_value": {"values": [{"key": "price", "value": {"double_value": 2.5}}]}},
    "list": {"array_value": {"values": [{"int_value": 1}, {"int_value": 2}]}},
    "quoted": {"string_value": "yes"}, "number": {"string_value": "1.10"}, "word": {"string_value": "true"},
    "none": {"string_value": "null"}}
for _ in range(120):
    try:
        urllib.request.urlopen(f"{server}/health", timeout=2).read()
        break
    except OSError:
        time.sleep(1)
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(
    f"{server}/v1/traces", headers={"x-mlflow-experiment-id": "0"})))
span = provider.get_tracer("t").start_span("answer")
for name, text in SET.items():
    span.set_attribute(name, text)
span.end()
provider.force_flush()
trace = f"tr-{span.context.trace_id:032x}"
for _ in range(60):
    with urllib.request.urlopen(f"{server}/api/3.0/mlflow/traces/batchGet?trace_ids={trace}") as answer:
        found = json.load(answer).get("traces", [])
    if found:
        break
    time.sleep(1)
seen = {one["key"]: one["value"] for one in found[0]["spans"][0]["attributes"] if one["key"] in SET}
for name, text in SET.items():
    print(f"set as text {text!r}\tcomes back as {json.dumps(seen.get(name))}")
sys.exit(seen != EXPECTED)
PYTHON
venv/bin/python seen.py "$port"
