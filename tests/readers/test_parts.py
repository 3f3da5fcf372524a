"""What a message says and does: text, tool calls, refusals, and parts that are no text, named by type and size."""

import pytest

from lib.records import parts
from tests.support.formats import DATA, assistant, calling, imported, tool, user

PNG = "iVBORw0KGgo" + "A" * 533_322


def test_a_handoff_a_call_that_was_answered_and_a_refusal_are_outputs():
    found = [row.trace for row in imported((DATA / "cases" / "f4_agent.jsonl").read_bytes())]
    assert [(one.id, one.output) for one in found] == [
        ("a1", "It is in Graz."), ("a2", '[tool call] handoff({"team": "returns"})'),
        ("a3", '[tool call] cancel({"order": 12})'), ("a4", "[refusal] I can't help with that.")]


@pytest.mark.parametrize(("turns", "output"), [
    ([], None),
    ([{"role": "assistant", "content": ""}], None),
    ([{**calling("c", "pay", "{}"), "content": "One moment."}], "One moment.\n[tool call] pay()"),
    ([calling("c", "pay", "{}"), tool("c", "done"), assistant("Paid.")], "Paid."),
    ([{"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}], "[refusal] No."),
    ([{"role": "assistant", "content": None, "tool_calls": ["odd"]}], "[tool call] unknown(odd)")])
def test_what_a_conversation_ends_in(turns, output):
    assert parts.ends([user("Pay."), *turns]) == ("Pay.", output)


@pytest.mark.parametrize(("part", "name"), [
    ({"type": "image_url", "image_url": {"url": "data:image/png;base64," + PNG}}, "[picture, png, 400 kB]"),
    ({"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
     "[picture, not in the file: https://example.org/a.png]"),
    ({"type": "input_image", "image_url": "data:image/jpeg;base64," + PNG}, "[picture, jpeg, 400 kB]"),
    ({"type": "input_audio", "input_audio": {"data": PNG, "format": "wav"}}, "[audio, wav, 400 kB]"),
    ({"type": "file", "file": {"file_data": "data:application/pdf;base64," + PNG, "filename": "a.pdf"}},
     "[file, pdf, 400 kB]"),
    ({"type": "file", "file": {"file_id": "f_1"}}, "[file, not in the file]"),
    ({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
     "[picture, png, 400 kB]"),
    ({"inline_data": {"mime_type": "image/png", "data": PNG}}, "[picture, png, 400 kB]"),
    ({"type": "blob", "mime_type": "image/png", "modality": "image", "content": PNG}, "[picture, png, 400 kB]"),
    ({"type": "image", "image": {"image.url": "data:image/gif;base64," + PNG}}, "[picture, gif, 400 kB]"),
    ({"type": "file", "data": PNG, "mediaType": "image/webp", "filename": "x.webp"},
     "[picture, webp, x.webp, 400 kB]"),
    ({"type": "text", "text": "a"}, None), ({"type": "tool_use", "name": "x", "input": {}}, None),
    ({"type": "document", "content": "what was retrieved"}, None), ({"image": "a cat"}, None),
    ({"type": "file", "path": "a.txt"}, None), ("text", None), (None, None)])
def test_parts_that_are_no_text_are_named_by_type_and_size(part, name):
    found = parts.media(part)
    assert (str(found) if found else None) == name


def test_base64_is_replaced_by_its_name_wherever_it_stands_and_nothing_else_is():
    value = {"a": ["data:image/png;base64," + PNG, {"type": "image", "source": {"data": PNG}}],
             "b": f"see data:audio/mp3;base64,{PNG} here", "c": {"type": "image", "url": "https://example.org"}}
    assert parts.without_data(value) == {
        "a": ["[picture, png, 400 kB]", "[picture, 400 kB]"], "b": "see [audio, mp3, 400 kB] here", "c": value["c"]}
    assert [one.kind for one in parts.every(value)] == ["picture", "picture", "audio", "picture"]
