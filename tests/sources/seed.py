"""Sends N traces of two spans over OTLP to a server: `python seed.py phoenix|mlflow ADDRESS PROJECT N`.

Run with the environment of tests/sources/requirements.txt, not with ours.
"""

import json
import sys
import urllib.error
import urllib.request

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

kind, address, project, n = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])


def experiment() -> str:
    """The id of the experiment, made where it is not there."""
    try:
        known = f"{address}/api/2.0/mlflow/experiments/get-by-name?experiment_name={project}"
        with urllib.request.urlopen(known) as got:
            return json.load(got)["experiment"]["experiment_id"]
    except urllib.error.HTTPError:
        made = urllib.request.Request(f"{address}/api/2.0/mlflow/experiments/create",
                                      json.dumps({"name": project}).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(made) as got:
            return json.load(got)["experiment_id"]


def words(number: int) -> tuple[dict[str, str], dict[str, str]]:
    """The attributes of the outer span and of the call in it."""
    asked, told = f"question {number}?", f"answer {number}"
    if kind == "phoenix":
        return ({"openinference.span.kind": "CHAIN", "input.value": asked, "output.value": told},
                {"openinference.span.kind": "LLM", "llm.model_name": "m", "input.value": asked, "output.value": told,
                 "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": asked,
                 "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": told})
    call = {"messages": [{"role": "user", "content": asked}]}
    reply = {"choices": [{"message": {"role": "assistant", "content": told}}]}
    return ({"mlflow.spanType": '"AGENT"', "mlflow.spanInputs": json.dumps({"q": asked}),
             "mlflow.spanOutputs": json.dumps(told)},
            {"mlflow.spanType": '"LLM"', "mlflow.spanInputs": json.dumps(call),
             "mlflow.spanOutputs": json.dumps(reply)})


provider = TracerProvider(resource=Resource.create({"openinference.project.name": project}))
headers = {} if kind == "phoenix" else {"x-mlflow-experiment-id": experiment()}
provider.add_span_processor(BatchSpanProcessor(
    OTLPSpanExporter(f"{address}/v1/traces", headers=headers, timeout=300), max_queue_size=4 * n + 100))
tracer = provider.get_tracer("seed")
for number in range(n):
    outer, inner = words(number)
    with tracer.start_as_current_span("agent", attributes=outer), tracer.start_as_current_span("llm", attributes=inner):
        pass
if not provider.force_flush(900_000):
    sys.exit("not all spans were sent")
provider.shutdown()
