"""Where a server may not start: without login beyond loopback, and with a login by which nobody could come in."""

import os
import subprocess
import sys

import pytest
import streamlit as st
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from lib.records import UsageError
from lib.store.team import accounts
from lib.ui import door
from lib.ui.team import gate, mode
from lib.ui.team.provider import is_for
from tests.support import HOUSE
from tests.support.pages import bare
from tests.support.running import PATIENCE

GOOD = """[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "plumbline"
client_secret = "secret"
server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"
"""


def sentence(app) -> str:
    """The one thing that a page says."""
    assert [*app.title, *app.markdown, *app.button] == []
    return bare(app.error[0].value)


def started(*words: str, **env: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", *words], cwd=HOUSE, env=os.environ | env, text=True,
                          capture_output=True, timeout=PATIENCE, check=False)


@pytest.mark.parametrize("way", ["lib.ui.team.start", "streamlit run lib/ui/serve.py"])
def test_without_login_no_server_answers_beyond_loopback(way, tmp_path):
    ended = started(*way.split(), "--server.port", "0", STREAMLIT_SERVER_ADDRESS="0.0.0.0",
                    PLUMBLINE_DB=str(tmp_path / "x.db"))
    assert ended.returncode == 1 and "Without login Plumbline listens on this machine alone" in ended.stderr
    # Its own command says so before it opens a port; Streamlit's opens one, and nobody answers there.
    assert ("URL" in ended.stdout) == (way != "lib.ui.team.start")


def test_a_team_without_accounts_is_told_the_command(tmp_path):
    ended = started("lib.ui.team.start", PLUMBLINE_TEAM="accounts", PLUMBLINE_DB=str(tmp_path / "x.db"))
    assert ended.returncode == 1 and "lib users add LOGIN --as NAME --role ROLE" in ended.stderr
    assert ended.stdout == ""


@pytest.fixture
def option():
    """Sets options of Streamlit for a test."""
    before = {}

    def change(name: str, value: object) -> None:
        before.setdefault(name, st.get_option(name))
        config.set_option(name, value)

    yield change
    for name, value in before.items():
        config.set_option(name, value)


@pytest.mark.parametrize("address", ["", "0.0.0.0", "::", "192.168.1.20", "127.1", "0", "*", "plumbline.example.org"])
def test_only_an_address_that_is_surely_this_machine_s_needs_no_login(option, monkeypatch, address):
    monkeypatch.delenv("PLUMBLINE_TEAM", raising=False)
    option("server.address", address)
    with pytest.raises(UsageError, match="Without login"):
        mode.check()
    for own in ("127.0.0.1", "localhost", "::1"):
        option("server.address", own)
        mode.check()


def test_a_page_served_around_the_door_shows_no_data_beyond_loopback_or_to_a_team(db, option, monkeypatch, visit):
    """As `streamlit run app.py` serves it."""
    monkeypatch.setattr(door.Door, "stands", False)
    visit(db.path, "overview")
    option("server.address", "0.0.0.0")
    assert "Without login" in sentence(visit(db.path, "overview"))
    option("server.address", "127.0.0.1")
    monkeypatch.setenv("PLUMBLINE_TEAM", "accounts")
    assert "start it with make serve" in sentence(visit(db.path, "overview"))


def test_a_part_that_draws_itself_anew_is_no_sign_of_life():
    def said(**words) -> bool:
        return gate._by_person({"bytes": BackMsg(**words).SerializeToString()})

    assert said(rerun_script=ClientState(query_string="view=Desk"))
    assert not said(rerun_script=ClientState(is_auto_rerun=True)) and not said(app_heartbeat=True)
    assert not gate._by_person({"bytes": b"\xff\xff"}) and not gate._by_person({"text": "x"})


@pytest.fixture
def team(db, monkeypatch, tmp_path, option):
    """`team("oidc", text)` is how a server of a team is configured, with this file of secrets."""

    def configured(how: str, secrets: str | None = None) -> None:
        monkeypatch.setenv("PLUMBLINE_TEAM", how)
        monkeypatch.setenv("PLUMBLINE_DB", str(db.path))
        file = tmp_path / "secrets.toml"
        if secrets is not None:
            file.write_text(secrets)
        option("secrets.files", [str(file)])
        st.secrets._secrets = None

    yield configured
    st.secrets._secrets = None


@pytest.mark.parametrize("how", ["account", "yes", "1", "OIDC login"])
def test_another_word_is_no_way_to_log_in(team, how):
    team(how)
    with pytest.raises(UsageError, match="write accounts"):
        mode.check()


def test_passwords_in_the_clear_are_warned_of(db, team, option, caplog):
    accounts.add(db, "ann", "Ann", "expert", "$scrypt$")
    team("accounts")
    mode.check()
    assert caplog.text == ""
    option("server.address", "0.0.0.0")
    mode.check()
    assert "passwords too, travels unencrypted" in caplog.text


def test_accounts_that_may_log_in_are_needed(db, team, monkeypatch):
    team("Accounts ")
    for _ in range(2):
        with pytest.raises(UsageError, match="no account with a password"):
            mode.check()
        accounts.add(db, f"a{_}", f"A{_}", "expert", None)
    accounts.add(db, "ann", "Ann", "expert", "$scrypt$")
    mode.check()
    accounts.disable(db, "ann")
    with pytest.raises(UsageError, match="Nobody could log in"):
        mode.check()
    monkeypatch.setenv("PLUMBLINE_SESSION_HOURS", "none")
    with pytest.raises(UsageError, match="PLUMBLINE_SESSION_HOURS"):
        mode.check()


@pytest.mark.parametrize(("change", "said"), [
    (lambda text: None, "lacks redirect_uri, cookie_secret, client_id"), (lambda text: "= =", "lacks redirect_uri"),
    (lambda text: text.replace("client_secret", "secret_of"), "lacks client_secret:"),
    (lambda text: text.replace("0123456789abcdef0", ""), "fewer than 32"),
    (lambda text: text.replace("/oauth2callback", "/"), "followed by /oauth2callback"),
    (lambda text: text.replace("localhost", "plumbline.example.org"), "STREAMLIT_SERVER_ALLOWED_HOSTS"),
    (lambda text: text + '[auth.google]\nclient_id = "x"\n', "several providers")])
def test_a_provider_is_configured_whole(db, team, change, said):
    accounts.add(db, "ann@example.org", "Ann", "expert", None)
    team("oidc", change(GOOD))
    with pytest.raises(UsageError, match=said):
        mode.check()


def test_a_provider_may_have_a_name(db, team):
    accounts.add(db, "ann@example.org", "Ann", "expert", None)
    team("oidc", GOOD)
    mode.check()
    assert mode.provider() == "default"
    team("oidc", GOOD.replace("client_id", "[auth.keycloak]\nclient_id"))
    mode.check()
    assert (mode.provider(), mode.client()) == ("keycloak", "plumbline")


@pytest.mark.parametrize(("claims", "ours"), [
    ({"aud": "plumbline"}, True), ({"aud": ["other", "plumbline"], "azp": "plumbline"}, True), ({"aud": []}, False),
    ({"aud": ["other"]}, False), ({"aud": ["plumbline", "other"], "azp": "other"}, False), ({}, False)])
def test_an_identity_for_another_app_is_none_here(claims, ours):
    assert is_for(claims, "plumbline") is ours
