"""A secret is taken out of a text however it is spelled there, and nothing else is."""

import base64
import html
import json
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib.models.llm import Endpoint, scrubber
from lib.models.masking import masker
from tests.support.secrets import CANARY, DISGUISES, in_base64, spellings

KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60)
AROUND = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SPELLED = {"plain": lambda letter: letter, "percent": lambda letter: f"%{ord(letter):02x}",
           "escape": lambda letter: f"\\u{ord(letter):04X}", "entity": lambda letter: f"&#{ord(letter)};",
           "hex entity": lambda letter: f"&#x{ord(letter):x};"}


@given(KEYS, st.sampled_from(sorted(DISGUISES)), AROUND, AROUND)
def test_a_key_in_any_disguise_is_gone_wherever_it_stands(key, name, before, after):
    assume(key not in before + after)
    masked = masker([key])(f"{before}\n{DISGUISES[name](key)} {after}")
    assert "[key]" in masked and not any(spelt.decode() in masked for spelt in spellings(key))
    assert masked == "[key]" or (masked.startswith(before) and masked.endswith(after))


@given(KEYS, st.data())
def test_each_letter_may_be_spelled_in_its_own_way(key, data):
    ways = data.draw(st.lists(st.sampled_from(sorted(SPELLED)), min_size=len(key), max_size=len(key)))
    text = "".join(SPELLED[way](letter) for way, letter in zip(ways, key, strict=True))
    assert masker([key])(f"<{text}>") == "<[key]>"


@given(KEYS, st.binary(max_size=40), st.binary(max_size=40), st.booleans())
def test_no_bit_of_it_is_left_in_base64_at_any_alignment(key, before, after, urlsafe):
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    text = encode(before + key.encode() + after).decode()
    masked = masker([key])(text)
    first, last = len(before) * 8 // 6, -(-(len(before) + len(key)) * 8 // 6)
    assert masked == f"{text[:first]}[key]{text[last:]}"
    assert not any(spelt.decode() in masked for spelt in spellings(key))


@given(KEYS, AROUND)
def test_a_reply_stays_json_where_a_key_is_taken_out_of_it(key, said):
    body = json.dumps({"said": f"{said} {key}", "key": key, "base64": in_base64(key, 2), "page": html.escape(key)})
    found = json.loads(masker([key])(body))
    assert found["key"] == "[key]" and set(found) == {"said", "key", "base64", "page"}


@given(st.text(max_size=200))
def test_a_text_without_it_is_left_as_it_is(text):
    assert masker([CANARY])(text) == text


@pytest.mark.parametrize("key", ["", "EMPTY", "ollama", "1234567"])
def test_a_short_key_is_a_word(key):
    assert masker([key])(f"use {key} here") == f"use {key} here"


def test_the_longer_of_two_goes_first():
    assert masker(["sk-12345", "sk-1234567890"])("sk-1234567890 sk-12345") == "[key] [key]"


@pytest.mark.parametrize("text", [
    "\n".join([in_base64(CANARY)[:12], in_base64(CANARY)[12:]]), quote(quote(quote(DISGUISES["escapes"](CANARY)))),
    html.escape(html.escape(DISGUISES["entities"](CANARY))), json.dumps(json.dumps(DISGUISES["escapes"](CANARY)))])
def test_what_no_pattern_knows_is_not_kept_at_all(text):
    masked = masker([CANARY])(f"before {text} after")
    assert "[key]" in masked and CANARY not in unquote(html.unescape(masked))
    assert not any(spelt.decode() in "".join(masked.split()) for spelt in spellings(CANARY))


def test_every_secret_that_has_a_name_is_taken_out_of_every_reply(monkeypatch):
    """Whoever echoes it: the judge's endpoint the AI system's key, and the other way round."""
    monkeypatch.setenv("PLUMBLINE_SECRETS", "SHOP_KEY,OTHER_KEY,UNSET_KEY")
    monkeypatch.setenv("SHOP_KEY", "sk-SHOP-1234")
    monkeypatch.setenv("OTHER_KEY", "sk-OTHER-1234")
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    text = f"sk-SHOP-1234 sk-OTHER-1234 {CANARY} sk-own-1234"
    assert Endpoint("x", "http://x", "sk-own-1234").scrub(text) == "[key] [key] [key] [key]"
    assert scrubber()(text) == "[key] [key] [key] sk-own-1234"
