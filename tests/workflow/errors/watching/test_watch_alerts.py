"""An alert: written once for a fall, posted and mailed, tried again where it did not arrive; no secret is kept."""

import json

import pytest

from lib.records import Caps
from lib.store.errors.watching import alerts
from lib.systems import alerts as door
from lib.systems.alerts import NotDelivered
from lib.workflow.errors.watching import watching
from tests.support.endpoint import Answer
from tests.support.errors.mail_server import MailServer
from tests.support.errors.watched import fails_wrong, log_in
from tests.support.secrets import found_in

SECRET = "hook-SECRET-7d1f0a2b93c84e56"


@pytest.fixture
def log(tmp_path):
    return log_in(tmp_path)


@pytest.fixture
def db(db, endpoint_env):
    return fails_wrong(db, endpoint_env)


@pytest.fixture
def hook(ai_system, monkeypatch):
    """A webhook on loopback, its address with a secret in it, in a variable that the operator names."""
    monkeypatch.setenv("ALERT_URL", f"{ai_system.url}/services/{SECRET}")
    monkeypatch.setenv("PLUMBLINE_SECRETS", "SHOP_KEY,ALERT_URL")
    ai_system.plan = lambda body: Answer(body="ok")
    return ai_system


@pytest.fixture
def mail(monkeypatch):
    server = MailServer()
    for name, value in {"HOST": "127.0.0.1", "PORT": str(server.port), "FROM": "plumbline@example.org",
                        "TLS": "none"}.items():
        monkeypatch.setenv(f"PLUMBLINE_SMTP_{name}", value)
    yield server
    server.close()


def write(log, first: int, last: int, wrong: int, n: int = 10) -> None:
    """So many answers on each of these days of March, of which so many are wrong."""
    with log.open("a") as file:
        for day in range(first, last + 1):
            for number in range(n):
                file.write(json.dumps({
                    "id": f"d{day}-{number}", "input": f"question {day} {number}",
                    "output": "wrong" if number < wrong else "right",
                    "created_at": f"2026-03-{day:02}T09:00:00Z"}) + "\n")


def watch(store, log, **more) -> None:
    watching.add(store, "app", str(log), None, watching.settings(1.0, 0, 600, Caps(), 7, **more))


def read(store, today: str):
    return watching.read(store, "app", today=today)


def test_a_fall_from_90_to_60_is_one_alert_and_a_steady_rate_is_none(db, log):
    write(log, 1, 14, wrong=1)
    watch(db, log)
    assert read(db, "2026-03-15").alerts == []
    write(log, 15, 21, wrong=4)
    [told] = read(db, "2026-03-22").alerts
    assert told.before[0] / told.before[1] == 0.9 and told.here[0] / told.here[1] == pytest.approx(0.6)
    assert "passes 60%" in told.said and "90.0% of 140" in told.said and "2026-03-15" in told.said
    write(log, 22, 28, wrong=4)
    assert read(db, "2026-03-29").alerts == [] and len(alerts.every(db)) == 1


def test_the_day_that_is_not_over_is_not_tested(db, log):
    write(log, 1, 14, wrong=1, n=40)
    write(log, 15, 15, wrong=40, n=40)
    watch(db, log)
    assert read(db, "2026-03-15").alerts == [] and len(read(db, "2026-03-16").alerts) == 1


def test_traces_that_name_no_day_are_tested_with_none_and_said(db, log):
    log.write_text('{"id": "x", "input": "question", "output": "right"}\n')
    watch(db, log)
    assert read(db, "2026-03-15").alerts == []
    [one] = watching.standing(db)
    assert one.undated == 1 and "1 of them says no day" in one.text


def falls(store, log) -> None:
    write(log, 1, 14, wrong=1)
    write(log, 15, 21, wrong=5)


def test_it_is_posted_as_json_and_its_address_is_stored_and_said_nowhere(db, log, hook, tmp_path):
    falls(db, log)
    watch(db, log, webhook="ALERT_URL")
    found = read(db, "2026-03-22")
    [call] = hook.ledger
    assert call.path == f"/services/{SECRET}" and call.body["text"] == found.alerts[0].said
    assert (call.body["watch"], call.body["window"]["to"], call.body["before"]["n"]) == (
        "app", found.alerts[0].day, found.alerts[0].before[1])
    assert "was delivered by webhook" in " ".join(found.said)
    assert SECRET not in repr((found, alerts.every(db))) and found_in(tmp_path, SECRET) == []
    read(db, "2026-03-23")
    assert len(hook.ledger) == 1


@pytest.mark.parametrize(("answer", "why"), [
    (Answer(500, f"no {SECRET}"), "answered with 500"), (Answer(302, "", {"Location": "/elsewhere"}), "redirects"),
    (Answer(how="reset"), "cannot be reached")])
def test_what_did_not_arrive_is_said_and_tried_again(db, log, hook, answer, why, tmp_path):
    falls(db, log)
    watch(db, log, webhook="ALERT_URL")
    hook.plan = answer
    found = read(db, "2026-03-22")
    assert len(found.alerts) == 1 and why in " ".join(found.said) and "tried again" in " ".join(found.said)
    assert why in alerts.every(db)[0].failed and found_in(tmp_path, SECRET) == [] and len(hook.ledger) == 1
    hook.plan = lambda body: Answer(body="ok")
    again = read(db, "2026-03-23")
    assert again.alerts == [] and "was delivered by webhook" in " ".join(again.said)
    assert alerts.every(db)[0].failed == "" and alerts.undelivered(db, again.watch.key) == []


def test_an_address_inside_the_network_is_not_called(db, log, hook, monkeypatch):
    falls(db, log)
    watch(db, log, webhook="ALERT_URL")
    monkeypatch.setenv("PLUMBLINE_ADDRESSES", "")
    assert "no public address" in " ".join(read(db, "2026-03-22").said) and hook.ledger == []


def test_it_is_mailed(db, log, mail):
    falls(db, log)
    watch(db, log, mail="team@example.org")
    found = read(db, "2026-03-22")
    [text] = mail.mails
    assert "To: team@example.org" in text and "From: plumbline@example.org" in text
    assert "Subject: Test: the pass rate has fallen (app)" in text and "one false alarm" in " ".join(text.split())
    assert "was delivered by mail" in " ".join(found.said)


def test_a_mail_server_that_refuses_is_tried_again_and_its_words_are_not_kept(db, log, mail):
    falls(db, log)
    watch(db, log, mail="team@example.org")
    mail.refuses = True
    found = read(db, "2026-03-22")
    assert "not delivered by mail" in " ".join(found.said) and "CANARY" not in repr(alerts.every(db))
    mail.refuses = False
    assert "was delivered by mail" in " ".join(read(db, "2026-03-23").said) and len(mail.mails) == 1


def test_of_two_ways_only_the_one_that_failed_is_tried_again(db, log, hook, mail):
    falls(db, log)
    watch(db, log, webhook="ALERT_URL", mail="team@example.org")
    hook.plan = Answer(503, "later")
    read(db, "2026-03-22")
    hook.plan = lambda body: Answer(body="ok")
    read(db, "2026-03-23")
    assert (len(hook.ledger), len(mail.mails)) == (2, 1)


def test_without_starttls_nothing_is_sent_unless_it_was_asked_for(mail, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_SMTP_TLS", "starttls")
    with pytest.raises(NotDelivered, match="SMTP"):
        door.send("team@example.org", "a", "b")
    assert mail.mails == []


def test_a_subject_is_one_line_and_an_address_is_one(mail):
    door.send("team@example.org", "a\r\nBcc: everybody@example.org", "text")
    assert "\r\nBcc:" not in mail.mails[0]
