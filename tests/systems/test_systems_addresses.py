"""Where an AI system may be: every form of an address, judged after it was resolved, and the very one connected to."""

import asyncio
import socket

import pytest

from lib import systems
from lib.models.replies import LlmError
from lib.records import UsageError
from lib.store.dataset import systems as versions
from lib.systems import addresses
from lib.workflow.dataset import answering
from tests.support.ai_system import ask
from tests.support.answering import execute, inputs
from tests.support.endpoint import Answer, completion

REFUSED = "is no public address: an AI system may call it only where PLUMBLINE_ADDRESSES names it"
PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"]
THIS_MACHINE = ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1", "::127.0.0.1",
                "2002:7f00:1::1"]
INSIDE = ["10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "0.0.0.0", "::",
          "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "fe80::1", "fe80::1%eth0", "fc00::1",
          "fd00:ec2::254", "ff02::1", "168.63.129.16", "::ffff:169.254.169.254", "::ffff:10.0.0.1",
          "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::10.0.0.1", "4000::1", "5f00::1"]


def literal(address: str) -> str:
    """An address as a URL writes it."""
    return f"[{address}]" if ":" in address else address


def values(url: str, kind: str = "http") -> dict[str, str]:
    return {"url": url, "answer": "$.answer"} if kind == "http" else {"base_url": url, "model": "m"}


def names(monkeypatch, **found: list[str]):
    """Names of hosts that resolve to these, one answer after the other, the last one for ever; what was asked."""
    real, asked = socket.getaddrinfo, []

    def getaddrinfo(host, port, *words, **options):
        key = str(host).partition(".")[0]
        if key not in found:
            return real(host, port, *words, **options)
        asked.append(host)
        answers = found[key]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
                for one in answer.split()]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_called(monkeypatch, address):
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "")
    addresses.check_host(address)
    assert systems.check("http", values(f"http://{literal(address)}/"), [])["url"] == f"http://{literal(address)}/"


@pytest.mark.parametrize("address", [*THIS_MACHINE, *INSIDE])
@pytest.mark.parametrize("kind", ["http", "openai"])
def test_no_other_one_may_unless_the_operator_names_it(monkeypatch, address, kind):
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "")
    with pytest.raises(UsageError, match=REFUSED):
        systems.check(kind, values(f"http://{literal(address)}/", kind), [])
    bare = address.partition("%")[0]
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", bare)
    addresses.check_host(address)


@pytest.mark.parametrize("address", THIS_MACHINE)
def test_on_a_laptop_alone_this_machine_may_be_called(address):
    addresses.check_host(address)
    addresses.check_host("localhost")
    assert "It may be at a public address or on this machine (loopback)" in addresses.described()


@pytest.mark.parametrize("address", INSIDE)
def test_and_nothing_else_inside(address):
    with pytest.raises(UsageError, match=REFUSED):
        addresses.check_host(address)


def test_a_server_for_others_allows_no_loopback_by_itself_and_tells_its_processes(monkeypatch):
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "x")
    monkeypatch.delenv("PLUMBLINE_ADDRESSES")
    addresses.for_others()
    for name in ("localhost", "LOCALHOST.", "app.localhost", "127.0.0.1"):
        with pytest.raises(UsageError, match=REFUSED):
            addresses.check_host(name)
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "loopback")
    addresses.for_others()
    addresses.check_host("localhost")


@pytest.mark.parametrize(("named", "address", "free"), [
    ("10.1.0.0/16", "10.1.2.3", True), ("10.1.0.0/16", "10.2.0.1", False), ("10.1.2.3/16", "10.1.9.9", True),
    ("10.1.0.0/16", "::ffff:10.1.2.3", True), ("fd00::/8", "fd00::1", True), ("fd00::/8", "fc00::1", False),
    ("loopback, 10.0.0.1", "127.0.0.1", True), ("10.0.0.1 10.0.0.2", "10.0.0.2", True)])
def test_the_operator_names_addresses_and_networks(monkeypatch, named, address, free):
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", named)
    assert addresses.may_call(addresses.ip_address(address)) is free


def test_an_entry_that_is_nothing_is_named(monkeypatch):
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "10.0.0.1,http://shop/")
    with pytest.raises(UsageError, match="PLUMBLINE_ADDRESSES holds 'http://shop/', which is no address"):
        systems.check("http", values("http://10.0.0.1/"), [])


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "localhost", "shop.test"])
def test_a_name_is_judged_by_what_it_resolves_to(monkeypatch, ai_system, host):
    names(monkeypatch, shop=["127.0.0.1"])
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "")
    with pytest.raises((LlmError, UsageError), match=REFUSED):
        ask("http", **values(ai_system.url.replace("127.0.0.1", host)))
    assert ai_system.ledger == []
    monkeypatch.delenv("PLUMBLINE_ADDRESSES")
    assert ask("http", **values(ai_system.url.replace("127.0.0.1", host))).output.startswith("said:")


@pytest.mark.parametrize("kind", ["http", "openai"])
def test_a_name_with_one_address_inside_is_not_called_at_all(monkeypatch, ai_system, kind):
    names(monkeypatch, shop=["93.184.216.34 127.0.0.1"])
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "")
    with pytest.raises(LlmError, match=REFUSED) as caught:
        ask(kind, **values(ai_system.url.replace("127.0.0.1", "shop.test"), kind))
    assert caught.value.kind == "address" and caught.value.stops_the_run and ai_system.ledger == []


@pytest.mark.parametrize("kind", ["http", "openai"])
def test_a_name_the_operator_allows_may_lead_anywhere(monkeypatch, ai_system, kind):
    names(monkeypatch, shop=["127.0.0.1"])
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "Shop.Test")
    ai_system.plan = completion("hi") if kind == "openai" else ai_system.plan
    ask(kind, **values(ai_system.url.replace("127.0.0.1", "shop.test"), kind))
    assert len(ai_system.ledger) == 1


@pytest.mark.parametrize("kind", ["http", "openai"])
def test_the_address_that_was_judged_is_the_one_that_is_called(monkeypatch, ai_system, kind):
    """A name whose second resolution would lead elsewhere is resolved once a connection; Host stays its name."""
    asked = names(monkeypatch, shop=["127.0.0.1", "127.0.0.9"])
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "127.0.0.1")
    ai_system.plan = completion("hi") if kind == "openai" else ai_system.plan
    url = ai_system.url.replace("127.0.0.1", "shop.test")
    ask(kind, **values(url, kind))
    assert len(asked) == 1 and ai_system.ledger[0].headers["host"] == url.removeprefix("http://")
    with pytest.raises(LlmError, match=REFUSED):
        ask(kind, **values(url, kind))
    assert len(ai_system.ledger) == 1


@pytest.mark.parametrize("kind", ["http", "openai"])
def test_the_next_address_is_tried_where_one_does_not_listen(monkeypatch, ai_system, kind):
    names(monkeypatch, shop=["::1 127.0.0.1"])
    ai_system.plan = completion("hi") if kind == "openai" else ai_system.plan
    ask(kind, **values(ai_system.url.replace("127.0.0.1", "shop.test"), kind))
    assert len(ai_system.ledger) == 1


@pytest.mark.parametrize("kind", ["http", "openai"])
def test_a_name_that_does_not_resolve_cannot_be_reached(kind):
    with pytest.raises(LlmError, match="cannot be reached") as caught:
        ask(kind, **values("http://no-such-host.invalid/", kind))
    assert caught.value.kind == "connection"


@pytest.mark.parametrize("kind", ["http", "openai"])
def test_no_redirect_is_followed_not_even_to_an_allowed_address(ai_system, kind):
    ai_system.plan = Answer(307, "", {"Location": f"{ai_system.url}/elsewhere"})
    with pytest.raises(LlmError, match="redirects elsewhere"):
        ask(kind, **values(f"{ai_system.url}/here", kind))
    assert len(ai_system.ledger) == 1


@pytest.mark.parametrize("kind", ["http", "openai"])
def test_an_older_version_with_such_an_address_is_not_called(db, ai_system, monkeypatch, kind):
    inputs(db, 1)
    versions.add(db, "old", kind, systems.check(kind, values(ai_system.url, kind), []))
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "")
    with pytest.raises(UsageError, match=REFUSED):
        execute(db, answering.start(db, "old").id)
    assert ai_system.ledger == []


@pytest.mark.parametrize("kind", ["http", "openai"])
def test_a_proxy_of_the_environment_connects_and_is_not_judged_itself(monkeypatch, ai_system, kind):
    """It has to be inside, as proxies are; names that resolve here are judged all the same."""
    names(monkeypatch, shop=["93.184.216.34", "10.0.0.1"])
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "")
    monkeypatch.setenv("http_proxy", ai_system.url)
    monkeypatch.delenv("no_proxy", raising=False)
    ai_system.plan = completion("hi") if kind == "openai" else ai_system.plan
    ask(kind, **values("http://shop.test/v1", kind))
    assert ai_system.ledger[0].path.startswith("http://shop.test/v1")
    with pytest.raises(UsageError, match=REFUSED):
        ask(kind, **values("http://shop.test/v1", kind))
    assert len(ai_system.ledger) == 1


def test_a_chat_endpoint_and_a_judge_are_told_apart(endpoint_env, monkeypatch):
    """The judge's address is the operator's own word, so a private one needs no second word."""
    from lib.models import llm

    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "")

    async def once():
        async with llm.Client(llm.environment_endpoint()) as client:
            return await client.complete([{"role": "user", "content": "x"}], model="m")

    asyncio.run(once())
    assert endpoint_env.calls == 1
