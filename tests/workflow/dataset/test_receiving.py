"""`receive` as a process of its own: what the real OpenTelemetry SDK sends, what is refused and how, and a kill."""

import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from lib.records import UsageError
from lib.store import Store, projects
from lib.store.dataset import traces
from lib.store.dataset.sources import received
from lib.systems.otlp import decoding
from lib.systems.otlp.server import Rate
from lib.workflow.dataset.sources.receiving import Receiving, Wanted
from tests.support.otlp import JSON, asked, receiving, request, span
from tests.support.running import comes

PROTOBUF = "application/x-protobuf"
KEY = "of-a-test-alone"


def test_the_real_sdk_sends_by_protobuf_and_gzip_and_its_traces_are_imported(db):
    with receiving(db) as server:
        provider = TracerProvider(resource=Resource.create({"service.name": "shop", "service.version": "7"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(
            f"http://127.0.0.1:{server.port}/v1/traces", compression=Compression.Gzip)))
        tracer = provider.get_tracer("t")
        for n in range(5):
            with tracer.start_as_current_span("chain") as root:
                root.set_attributes({"openinference.span.kind": "CHAIN", "input.value": f"question {n}",
                                     "output.value": f"answer {n}"})
                with tracer.start_as_current_span("search") as inside:
                    inside.set_attributes({"openinference.span.kind": "TOOL", "tool.name": "search"})
        provider.shutdown()
        said = server.ends()
    assert (said["spans"], said["traces"], said["repeated"]) == (10, 5, 0)
    assert said["waiting"] == {"parts": 0, "traces": 0, "late": 0, "unread": 0}
    found = [traces.get(db, row["trace_id"]) for row in traces.listing(db)]
    assert sorted((one.input, one.output) for one in found) == [(f"question {n}", f"answer {n}") for n in range(5)]
    assert {one.system_version for one in found} == {"7"} and all(len(one.steps) == 1 for one in found)


def test_a_trace_in_pieces_is_one_and_what_is_sent_again_is_stored_once(db):
    with receiving(db, "--quiet", "1") as server:
        assert server.post(request(span(1, 2, 1, openinference__span__kind="TOOL", tool__name="t")))[0] == 200
        for _ in range(2):
            status, _, body = server.post(gzip.compress(request(asked(1))), Content_Encoding="gzip")
            assert (status, json.loads(body)) == (200, {})
        made(db, 1)
        said = server.ends()
    assert (said["spans"], said["repeated"], said["traces"]) == (2, 1, 1)
    assert len(traces.get(db, f"{1:032x}").steps) == 1


def made(store: Store, n: int) -> None:
    """Waits until so many traces are there and nothing waits to become one."""
    comes(lambda: len(traces.listing(store, limit=1_000)) >= n and not received.waiting(store).parts, "a trace")


def test_a_kill_loses_nothing_that_was_acknowledged(db):
    with receiving(db, "--quiet", "600") as server:
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda n: server.post(request(asked(n)))[0], range(1, 201)))
        server.process.kill()
    assert statuses == [200] * 200 and received.waiting(db).traces == 200 and not traces.listing(db)
    with receiving(db) as server:
        made(db, 200)
        assert server.ends()["traces"] == 200
    assert len(traces.listing(db, limit=500)) == 200 and received.waiting(db).parts == 0


def test_what_comes_after_its_trace_was_made_is_kept_apart_and_said(db):
    with receiving(db) as server:
        server.post(request(asked(1)))
        made(db, 1)
        server.post(request(span(1, 9, 1)))
        said = server.ends()
    assert said["waiting"]["late"] == 1 and said["traces"] == 1


def test_what_cannot_be_read_is_refused_in_the_encoding_it_was_asked_in(db):
    with receiving(db, "--most-mb", "0.1") as server:
        status, _, body = server.post(b"{", JSON)
        assert status == 400 and "no JSON" in json.loads(body)["message"]
        status, headers, body = server.post(b"\xff\xff", PROTOBUF)
        assert (status, headers.get_content_type()) == (400, PROTOBUF)
        assert "protobuf" in Status.FromString(body).message and Status.FromString(body).code == 3
        assert server.post(b"a=1", "text/plain")[0] == 415
        assert server.post(b'{"resourceSpans": 3}')[0] == 400 and server.post(b"[]")[0] == 400
        assert server.post(b"{}", path="/v1/metrics")[0] == 404
        assert server.post(gzip.compress(request(asked(1, padding="x" * 200_000))), Content_Encoding="gzip")[0] == 413
        assert server.post(gzip.compress(bytes(20_000_000)), Content_Encoding="gzip")[0] == 413
        assert server.post(b"no gzip", Content_Encoding="gzip")[0] == 400
        assert server.post(gzip.compress(b"{}")[:-4], Content_Encoding="gzip")[0] == 400
        assert server.post(b"{}", Content_Encoding="lzma")[0] == 415
        assert server.post(b'{"resourceSpans": NaN}')[0] == 400
        assert server.post(request(asked(1)), Origin="https://elsewhere.example")[0] == 403
        assert server.post(request(asked(1)), Host="elsewhere.example")[0] == 403
        assert server.post(b"", PROTOBUF)[0] == 200
        assert server.ends()["spans"] == 0


def test_spans_without_an_id_are_a_partial_success(db):
    with receiving(db) as server:
        bad = {**asked(2), "traceId": "0" * 32}
        status, _, body = server.post(request(asked(1), bad, {**asked(3), "spanId": "xyz"}))
        told = json.loads(body)["partialSuccess"]
        assert status == 200 and told["rejectedSpans"] == "2" and "trace id" in told["errorMessage"]
        assert server.ends()["traces"] == 1


def test_the_rate_is_held_by_an_answer_that_exporters_obey(db):
    with receiving(db, "--most-spans", "2") as server:
        answers = [server.post(request(asked(n))) for n in range(1, 30)]
        refused = [headers for status, headers, _ in answers if status == 429]
        assert {status for status, _, _ in answers} == {200, 429} and all(int(one["Retry-After"]) >= 1
                                                                          for one in refused)
        assert server.ends()["spans"] == 29 - len(refused)
    now = [0.0]
    rate = Rate(10, lambda: now[0])
    assert rate.wait(50) == 0 and rate.wait(10) == 1.0
    now[0] = 5.0
    assert rate.wait(500) == 0 and rate.wait(1) == pytest.approx(45.1)


def test_no_more_waits_than_is_allowed(db):
    with receiving(db, "--quiet", "600", "--most-waiting", "2") as server:
        statuses = [server.post(request(asked(n)))[0] for n in range(1, 5)]
        assert statuses == [200, 200, 503, 503]


def test_others_need_the_key_and_without_one_it_does_not_start(db, monkeypatch):
    with pytest.raises(UsageError, match="--key-env"):
        Receiving(db, Wanted(address="0.0.0.0"))
    monkeypatch.delenv("PLUMBLINE_SECRETS", raising=False)
    with pytest.raises(UsageError, match="PLUMBLINE_SECRETS"):
        Receiving(db, Wanted(address="0.0.0.0", key_env="THE_KEY"))
    with receiving(db, "--key-env", "THE_KEY", THE_KEY=KEY, PLUMBLINE_SECRETS="THE_KEY") as server:
        assert server.post(request(asked(1)))[0] == 401
        assert server.post(request(asked(1)), Authorization="Bearer wrong")[0] == 401
        assert server.post(request(asked(1)), Authorization=f"Bearer {KEY}")[0] == 200
        assert server.ends()["traces"] == 1


def test_log_records_of_a_trace_belong_to_it_and_others_are_refused(db):
    record = {"timeUnixNano": "1764547200000000000", "body": {"stringValue": "x"}, "attributes": []}
    body = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [
        {**record, "traceId": f"{1:032x}", "spanId": f"{1:016x}"}, record]}]}]}).encode()
    found = decoding.request("logs", body, is_json=True)
    assert [(one.trace, one.root) for one in found.parts] == [(f"{1:032x}", False)]
    assert found.refused == {"belongs to no trace": 1}
    with receiving(db) as server:
        assert json.loads(server.post(body, path="/v1/logs")[2])["partialSuccess"]["rejectedLogRecords"] == "1"


def test_a_trace_that_cannot_be_read_stays_as_it_came_beside_the_others(db):
    with receiving(db) as server:
        wrong = {**asked(2), "startTimeUnixNano": "soon"}
        server.post(request(asked(1), wrong, asked(3)))
        said = server.ends()
    assert said["traces"] == 2 and any("cannot be read" in why for why in said["left_out"])
    assert received.waiting(db).unread == 1


def test_a_response_in_protobuf_and_another_project_sees_nothing(db):
    other = projects.create(db, "Other")
    with receiving(db, "--quiet", "600") as server:
        status, headers, body = server.post(b"", PROTOBUF)
        assert (status, headers.get_content_type()) == (200, PROTOBUF)
        assert not ExportTraceServiceResponse.FromString(body).HasField("partial_success")
        server.post(request(asked(1)))
    assert received.waiting(db).parts == 1 and received.waiting(other).parts == 0
    assert received.quiet(other, 0, 0, 9) == [] == received.bodies(other, f"{1:032x}")
    received.settle(other, {f"{1:032x}": 99}, made=True)
    assert received.waiting(db).parts == 1


def test_half_an_emoji_keeps_no_other_span_out(db):
    with receiving(db) as server:
        body = request(asked(1), asked(2)).replace(b"answer 1", b"answer \\ud83d")
        assert server.post(body)[0] == 200
        assert server.ends()["traces"] == 2
    assert traces.get(db, f"{2:032x}").output == "answer 2" and "d83d" in traces.get(db, f"{1:032x}").output


def test_a_file_that_takes_nothing_for_a_while_is_said_and_tried_again(db):
    with receiving(db, "--quiet", "1") as server:
        assert server.post(request(asked(1)))[0] == 200
        db.execute("alter table imports rename to imports_away")
        comes(lambda: received.quiet(db, 2, 2, 9), "a quiet trace")
        db.execute("alter table imports_away rename to imports")
        made(db, 1)
        said = server.ends()
    assert (said["traces"], said["trouble"]) == (1, "")
