#!/bin/sh
# openai-agents 0.24.0: a processor that writes span.export() of every span, as the tracing guide shows, loses the words
# of the default model class: the span of a response is exported with its id and its tokens alone, although the span
# holds input and response, and although the span of a chat completion ("generation") is exported with both.
# Guess before running: both kinds of span export what was asked and answered. Wrong for the default one.
# What we do: such a file is refused with the lines that make the processor write input and response too.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/v"
"$folder/v/bin/pip" install -q openai-agents==0.24.0 2>/dev/null
"$folder/v/bin/python" - <<'PYTHON'
from importlib.metadata import version

from agents.tracing import GenerationSpanData, ResponseSpanData

asked = [{"role": "user", "content": "Do you sell gloves?"}]
told = [{"role": "assistant", "content": "We do."}]
generation = GenerationSpanData(input=asked, output=told, model="m").export()
response = ResponseSpanData(input=asked).export()
print("openai-agents", version("openai-agents"))
print("a generation span exports", sorted(generation))
print("a response span exports", sorted(response))
assert generation["input"] == asked and generation["output"] == told, "a generation is exported otherwise now"
assert "gloves" not in str(response), "a response is exported with its words now"
print("The words of a response are left out: as found.")
PYTHON
