#!/bin/sh
# litellm 1.108.7 (proxy): five things a caller behind the gateway is not told, or is told otherwise.
#
# Guesses before running, for a gateway in front of an OpenAI-compatible server that answers as named:
#   1. finish_reason "error", empty content: passed on as "error".
#   2. an answer without usage: no token counts.
#   3. 429 with Retry-After: 7: 429 with Retry-After: 7.
#   4. `rpm: 2` on a deployment: the third call within a minute gets 429.
#   5. with the check that enforces it: 429 with Retry-After, and refused calls do not count.
# What came, each otherwise:
#   1. finish_reason "stop"; the real one stands in provider_specific_fields.native_finish_reason of the choice.
#   2. usage with 0 prompt tokens and 0 completion tokens: a cost of nothing.
#   3. the server is asked three times, then 429 without Retry-After; the 7 stands in `llm_provider-retry-after`.
#   4. every call gets 200: rpm only weighs deployments of one name against each other.
#   5. `llm_provider-retry-after: 60` and no Retry-After; refused calls count ("current usage=5" after two that went
#      through), so whoever asks again at once never gets through.
#
# What Plumbline does: a native finish_reason "error" is an outage, 0 tokens of a prompt are unknown, and the wait is
# read under both names. Limits of a gateway are not relied on: a run's own caps are.
#
# Exits 0 as long as the surprise holds. Needs python3 and a package index; asks no model.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "litellm[proxy]==1.108.7"
cat > look.py <<'PY'
import json, os, subprocess, sys, threading, time, urllib.error, urllib.request
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ASKED = Counter()


def reply(content="ok", finish="stop", usage=True):
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [
        {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content}}]}
    counts = {"usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}} if usage else {}
    return 200, body | counts, {}


ANSWERS = {"broken": reply("", "error"), "untold": reply(usage=False), "limited": reply(),
           "slow": (429, {"error": {"message": "slow down"}}, {"Retry-After": "7"})}


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        model = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["model"]
        ASKED[model] += 1
        status, body, headers = ANSWERS[model]
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def call(port, model):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat/completions",
        json.dumps({"model": model, "messages": [{"role": "user", "content": "hi"}]}).encode(),
        {"Authorization": "Bearer sk-gateway", "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error), dict(error.headers)


def behind(port, more, look):
    upstream = f"http://127.0.0.1:{server.server_address[1]}/v1"
    models = "".join(f'  - {{model_name: {name}, litellm_params: {{model: "openai/{name}", api_base: "{upstream}", '
                     f'api_key: k{", rpm: 2" if name == "limited" else ""}}}}}\n' for name in ANSWERS)
    with open("gateway.yaml", "w") as file:
        file.write(f'model_list:\n{models}general_settings: {{master_key: "sk-gateway"}}\n{more}')
    gateway = subprocess.Popen(["venv/bin/litellm", "--config", "gateway.yaml", "--host", "127.0.0.1", "--port",
                                str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"})
    try:
        for _ in range(400):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health/liveliness", timeout=2)
                break
            except OSError:
                time.sleep(0.5)
        return look(port)
    finally:
        gateway.kill()


def plain(port):
    _, broken, _ = call(port, "broken")
    choice = broken["choices"][0]
    _, untold, _ = call(port, "untold")
    status, _, headers = call(port, "slow")
    named = {name.lower(): value for name, value in headers.items()}
    return {"finish_reason of an error": choice["finish_reason"],
            "native": choice["provider_specific_fields"].get("native_finish_reason"),
            "usage that was never told": [untold["usage"]["prompt_tokens"], untold["usage"]["completion_tokens"]],
            "slow": [status, ASKED["slow"], named.get("retry-after"), named.get("llm_provider-retry-after")],
            "five calls at rpm 2": [call(port, "limited")[0] for _ in range(5)]}


def checked(port):
    found = [call(port, "limited") for _ in range(5)]
    named = {name.lower(): value for name, value in found[-1][2].items()}
    return {"enforced": [status for status, *_ in found], "counts the refused": "usage=5" in str(found[-1][1]),
            "wait": [named.get("retry-after"), named.get("llm_provider-retry-after")]}


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
seen = behind(4731, "", plain) | behind(
    4732, 'router_settings: {optional_pre_call_checks: ["enforce_model_rate_limits"]}\n', checked)
for name, value in seen.items():
    print(f"{name}: {value}")
expected = {"finish_reason of an error": "stop", "native": "error", "usage that was never told": [0, 0],
            "slow": [429, 3, None, "7"], "five calls at rpm 2": [200] * 5,
            "enforced": [200, 200, 429, 429, 429], "counts the refused": True, "wait": [None, "60"]}
sys.exit(0 if seen == expected else 1)
PY
venv/bin/python look.py
# Output seen:
# finish_reason of an error: stop
# native: error
# usage that was never told: [0, 0]
# slow: [429, 3, None, '7']
# five calls at rpm 2: [200, 200, 200, 200, 200]
# enforced: [200, 200, 429, 429, 429]
# counts the refused: True
# wait: [None, '60']
