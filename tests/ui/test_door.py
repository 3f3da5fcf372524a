"""Who may knock: names, origins and what a browser says of where a request comes from."""

import pytest

from lib.ui import door

LAPTOP, TEAM = ["localhost", "127.0.0.1", "::1"], ["plumbline.example.org", "*.lan", "192.168.1.20"]


def refused(host: str, hosts=LAPTOP, kind="http", path="/", origins=(), **headers: str) -> str:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return door.refusal(kind, path, {"host": host, **said}, hosts, origins)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(("host", "hosts"), [
    ("127.0.0.1:8501", LAPTOP), ("localhost:8501", LAPTOP), ("LOCALHOST", LAPTOP), ("localhost.:8501", LAPTOP),
    ("[::1]:8501", LAPTOP), ("plumbline.example.org", TEAM), ("a.b.lan:80", TEAM), ("192.168.1.20:8501", TEAM),
    ("anything", ["*"])])
def test_its_own_names_come_in(kind, host, hosts):
    assert refused(host, hosts, kind) == ""


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(("host", "hosts"), [
    ("evil.test:8501", LAPTOP), ("", LAPTOP), ("127.0.0.1.evil.test", LAPTOP), ("localhost.evil.test", LAPTOP),
    ("evil.test@localhost", LAPTOP), ("localhost@evil.test", LAPTOP), ("localhost/evil", LAPTOP),
    ("localhost:port", LAPTOP), ("localhost:99999", LAPTOP), ("127.0.0.2", LAPTOP), ("[::1", LAPTOP),
    ("localhost", TEAM), ("lan", TEAM), ("evillan", TEAM), ("example.org", TEAM), ("localhost#x", LAPTOP)])
def test_no_other_name_does(kind, host, hosts):
    assert "does not answer to this name" in refused(host, hosts, kind)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(("host", "origin"), [
    ("localhost:8501", "http://localhost:8501"), ("127.0.0.1:8501", "http://127.0.0.1:8501"),
    ("plumbline.example.org", "https://plumbline.example.org"), ("x.lan:443", "https://x.lan"),
    ("x.lan", "http://x.lan:80"), ("[::1]:8501", "http://[::1]:8501")])
def test_its_own_pages_may_ask(kind, host, origin):
    assert refused(host, [*LAPTOP, *TEAM], kind, origin=origin) == ""


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("origin", [
    "http://localhost:9999", "http://127.0.0.1:8501", "http://localhost", "https://localhost", "http://evil.test",
    "http://evil.test:8501", "null", "", "file://", "chrome-extension://localhost:8501", "localhost:8501",
    "http://localhost:8501.evil.test"])
def test_pages_of_other_origins_may_not_another_port_included(kind, origin):
    assert "no requests from pages of another address" in refused("localhost:8501", kind=kind, origin=origin)


def test_an_origin_that_the_operator_names_may():
    assert refused("localhost:8501", origins=["https://proxy.example.org"], origin="https://proxy.example.org") == ""


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(("path", "mode", "to", "comes_in"), [
    ("/", "navigate", "document", True), ("/review", "navigate", "document", True),
    ("/review", "navigate", "iframe", False), ("/", "navigate", "embed", False), ("/", "no-cors", "image", False),
    ("/static/js/a.js", "no-cors", "script", False), ("/", "cors", "empty", False),
    ("/media/abc.csv", "navigate", "document", False), ("/base/media/abc.csv", "navigate", "document", False),
    ("/_stcore/health", "navigate", "document", False), ("/", "", "", False),
    ("/auth/logout", "navigate", "document", False), ("/oauth2callback", "navigate", "document", True)])
def test_another_site_may_link_to_a_page_and_nothing_else(site, path, mode, to, comes_in):
    said = refused("localhost:8501", path=path, sec_fetch_site=site, sec_fetch_mode=mode, sec_fetch_dest=to)
    assert said == ("" if comes_in else "Plumbline shows itself and its files on no page of another address.")
    assert refused("localhost:8501", path=path, sec_fetch_site="same-origin", sec_fetch_mode=mode) == ""


def test_a_laptop_alone_listens_on_loopback_and_has_no_other_name():
    assert door.names() == LAPTOP and door.is_alone()
    assert all(map(door.is_loopback, ["localhost", "127.9.9.9", "::1", "[::1]", "x.localhost"]))
    assert not any(map(door.is_loopback, ["", "0.0.0.0", "*", "x.lan", "192.168.1.20", "localhost.evil.test"]))
