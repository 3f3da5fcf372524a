"""Who may come in: passwords and their hashes, how often somebody may fail, sessions that end, a provider's word."""

import threading

import pytest

from lib.records import UsageError
from lib.store.team import accounts, events, failures, sessions
from lib.workflow.team import logins, passwords
from lib.workflow.team.logins import Knock, Refused

WORDS = "tall lamps hum softly"
NOW = 1_800_000_000
LONGEST, IDLE = 12 * 3600, 2 * 3600
FAST = "$scrypt$ln=4,r=1,p=1$"  # parameters of a test that only counts


def fast(password: str) -> str:
    salt = bytes(16)
    return f"{FAST}{passwords._text(salt)}${passwords._text(passwords._scrypt(password, salt, 4, 1, 1))}"


@pytest.fixture
def ann(db):
    return accounts.add(db, "Ann@example.org", "Ann", "expert", fast(WORDS))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The cost of a hash is what the first tests look at; elsewhere only whether it fits."""
    monkeypatch.setattr(passwords, "_NOBODYS", fast("nobody's"))


def knock(address: str = "10.0.0.1", token: str = "", at: int = 0) -> Knock:
    return Knock(address, token, NOW + at)


def comes_in(store, login="ann@example.org", password=WORDS, **who) -> str:
    return logins.by_password(store, login, password, knock(**who))


def refusal(store, login="ann@example.org", password="wrong", **who) -> str:
    with pytest.raises(Refused) as error:
        logins.by_password(store, login, password, knock(**who))
    return str(error.value)


def test_a_hash_holds_salt_and_parameters_and_only_its_password_fits():
    one, other = passwords.hashed(WORDS), passwords.hashed(WORDS)
    assert one != other and one.startswith("$scrypt$ln=15,r=8,p=3$") and passwords.is_of_today(one)
    assert passwords.fits(WORDS, one) and not passwords.fits(WORDS.upper(), one) and not passwords.fits(WORDS, None)
    # RFC 7914, section 12: scrypt of "pleaseletmein" with N = 16384, r = 8, p = 1, its first 32 bytes.
    assert passwords._scrypt("pleaseletmein", b"SodiumChloride", 14, 8, 1).hex() == (
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")


def test_a_phone_and_a_keyboard_write_one_password():
    assert passwords.fits("cafe\u0301 au lait, deux", passwords.hashed("café au lait, deux"))


@pytest.mark.parametrize("password", ["short words 14", "", "a" * 1025, "aaaaaaaaaaaaaaaaaaaa", "annannannannannannann",
                                      "plumblineplumbline", "Ann@example.org!!"])
def test_what_is_short_or_easily_guessed_is_no_password(password):
    with pytest.raises(UsageError):
        passwords.checked(password, "ann@example.org", "Ann")
    assert passwords.checked(WORDS, "ann@example.org", "Ann") == WORDS


def test_who_logs_in_has_a_session_that_the_file_alone_does_not_give_away(db, ann):
    token = comes_in(db, " ANN@example.org ")
    assert sessions.current(db, token, NOW, LONGEST, IDLE).account.name == "Ann"
    kept = b"".join(bytes(str(tuple(row)), "utf-8") for row in db.rows("select * from sessions"))
    assert token.encode() not in kept and sessions.current(db, kept.hex(), NOW, LONGEST, IDLE) is None
    assert sessions.current(db, "", NOW, LONGEST, IDLE) is None


def test_an_unknown_login_a_wrong_password_and_a_provider_s_account_are_told_alike(db, ann):
    accounts.add(db, "bob", "Bob", "PM", None)
    assert refusal(db) == refusal(db, "nobody") == refusal(db, "bob") == refusal(db, "") == logins.WRONG
    assert [(one.kind, one.login) for one in events.every(db)][:4] == [
        ("refused", ""), ("refused", "bob"), ("refused", ""), ("refused", "ann@example.org")]
    refusal(db, "my secret password by mistake")
    assert "secret" not in str([tuple(row) for table in ("account_events", "login_failures")
                                for row in db.rows({"account_events": "select * from account_events",
                                                    "login_failures": "select * from login_failures"}[table])])


def test_a_session_ends_after_its_hours_and_earlier_without_a_sign_of_life(db, ann):
    token = comes_in(db)
    assert sessions.current(db, token, NOW + IDLE - 1, LONGEST, IDLE)
    assert sessions.current(db, token, NOW + IDLE, LONGEST, IDLE) is None
    for at in range(0, LONGEST, IDLE // 2):
        sessions.saw(db, sessions.current(db, token, NOW + at, LONGEST, IDLE), NOW + at)
    assert sessions.current(db, token, NOW + LONGEST - 1, LONGEST, IDLE)
    assert sessions.current(db, token, NOW + LONGEST, LONGEST, IDLE) is None


@pytest.mark.parametrize("change", [
    lambda db: accounts.disable(db, "ann@example.org"), lambda db: accounts.end_sessions(db, "ann@example.org"),
    lambda db: accounts.set_password(db, "ann@example.org", fast("another one")),
    lambda db: accounts.set_role(db, "ann@example.org", "viewer"),
    lambda db: accounts.rename(db, "ann@example.org", "Anna")])
def test_disabling_ending_another_password_role_or_name_end_every_session_at_once(db, ann, change):
    tokens = [comes_in(db), comes_in(db, address="10.0.0.2")]
    change(db)
    assert not any(sessions.current(db, token, NOW, LONGEST, IDLE) for token in tokens)


def test_who_logs_in_again_leaves_the_session_before_and_who_logs_out_leaves_the_last(db, ann):
    first = comes_in(db)
    second = comes_in(db, token=first)
    assert first != second and sessions.current(db, first, NOW, LONGEST, IDLE) is None
    sessions.end(db, second, NOW)
    sessions.end(db, second, NOW), sessions.end(db, "nothing", NOW)
    assert sessions.current(db, second, NOW, LONGEST, IDLE) is None
    assert [one.kind for one in events.every(db)] == ["logged out", "logged in", "logged in", "added"]


def test_a_disabled_account_is_told_only_to_who_knows_its_password(db, ann):
    accounts.disable(db, "ann@example.org")
    assert refusal(db) == logins.WRONG and refusal(db, password=WORDS) == logins.DISABLED
    accounts.enable(db, "ann@example.org")
    assert comes_in(db)


def test_an_account_changed_while_its_password_was_looked_at_lets_nobody_in(db, ann):
    accounts.set_password(db, "ann@example.org", fast("another one"))
    assert sessions.begin(db, ann, NOW, "") == ""
    accounts.disable(db, "ann@example.org")
    assert sessions.begin(db, accounts.known(db, "ann@example.org"), NOW, "") == ""


def test_an_old_hash_is_made_anew_at_the_next_login(db, ann):
    comes_in(db)
    assert passwords.is_of_today(accounts.known(db, "ann@example.org").password)
    assert comes_in(db)


def test_five_failures_and_the_sentence_says_how_long_to_wait(db, ann):
    for _ in range(logins.MOST_BY_PAIR):
        assert refusal(db) == logins.WRONG
    assert refusal(db, password=WORDS) == "Too many failed attempts. Try again in 15 minutes."
    assert refusal(db, password=WORDS, at=failures.WINDOW - 30) == "Too many failed attempts. Try again in 1 minute."
    assert comes_in(db, address="10.0.0.2")  # one address locks out no other
    assert comes_in(db, at=failures.WINDOW)
    assert refusal(db, at=failures.WINDOW) == logins.WRONG  # and a success begins the count anew


def test_one_address_may_not_try_many_logins_nor_a_network_of_ipv6_many_addresses(db, ann):
    for number in range(logins.MOST_BY_ADDRESS):
        refusal(db, f"nobody {number}", address=f"2001:db8::{number:x}")
    assert "15 minutes" in refusal(db, password=WORDS, address="2001:db8::ffff")
    assert comes_in(db, address="2001:db8:0:1::1")


def test_many_addresses_that_fail_lock_out_strangers_but_no_browser_that_was_logged_in(db, ann):
    known = comes_in(db)
    sessions.end(db, known, NOW)
    for number in range(logins.MOST_BY_ACCOUNT):
        refusal(db, address=f"10.1.0.{number}")
    assert "Too many" in refusal(db, password=WORDS, address="10.2.0.1")
    assert comes_in(db, token=known)
    for _ in range(logins.MOST_BY_BROWSER):
        refusal(db, token=known)
    assert "Too many" in refusal(db, password=WORDS, token=known)


def test_a_success_is_no_failure_of_its_address(db, ann):
    for _ in range(2 * logins.MOST_BY_ADDRESS):
        assert comes_in(db)


def test_of_many_attempts_at_once_none_is_more_than_allowed(db, ann):
    said, begin = [], threading.Barrier(16)

    def attempt() -> None:
        begin.wait()
        said.append(refusal(db))

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count(logins.WRONG) == logins.MOST_BY_PAIR and len(said) == 16


def test_strangers_fill_neither_the_counts_nor_the_log(db, ann, monkeypatch):
    monkeypatch.setattr(failures, "MOST_ROWS", 30)
    monkeypatch.setattr(events, "MOST_REFUSALS", 10)
    for number in range(60):
        refusal(db, f"nobody {number}", address=f"10.3.{number}.1", at=number)
    assert db.value("select count(*) from login_failures") <= 30 + 3  # as many as came in one second stay
    assert db.value("select count(*) from account_events where kind = 'refused'") == 10
    refusal(db, at=2 * failures.WINDOW)
    assert db.value("select count(*) from login_failures") == 3
    assert events.every(db)[-1].kind == "added"


def test_an_account_keeps_few_sessions(db, ann):
    for number in range(sessions.MOST + 5):
        comes_in(db, at=number)
    assert db.value("select count(*) from sessions") == sessions.MOST


def claims(**fields) -> dict:
    return {"sub": "Xy7", "email": "ann@example.org", "email_verified": True, **fields}


def test_a_provider_vouches_for_an_e_mail_that_it_has_verified(db, ann):
    for verified in (True, "true"):
        token = logins.by_provider(db, claims(email="ANN@example.org", email_verified=verified), knock())
        assert sessions.current(db, token, NOW, LONGEST, IDLE).account == ann


@pytest.mark.parametrize("verified", [False, "false", None, 1, "yes"])
def test_an_e_mail_that_no_provider_has_verified_opens_no_account(db, ann, verified):
    with pytest.raises(Refused, match="does not say that it has verified ann@") as error:
        logins.by_provider(db, claims(email_verified=verified), knock())
    assert "users add sub:Xy7 --as 'YOUR NAME' --role expert --oidc" in str(error.value)


def test_an_identity_that_nobody_added_is_refused_with_the_command(db, ann):
    with pytest.raises(Refused, match="users add 'eve;rm@example"):
        logins.by_provider(db, claims(email="eve;rm@example.org"), knock())
    assert events.every(db)[0].detail == "by provider: eve;rm@example.org"
    with pytest.raises(Refused, match="says no e-mail"):
        logins.by_provider(db, {"sub": "Xy7"}, knock())
    with pytest.raises(Refused):
        logins.by_provider(db, {}, knock())


@pytest.mark.parametrize("email", ["\u212aim@example.org", "ki\u200bm@example.org", "kim@example.org ",
                                   "k\u0131m@example.org"])
def test_an_e_mail_that_only_looks_like_another_s_is_another_s(db, email):
    accounts.add(db, "Kim@example.org", "Kim", "expert", None)
    with pytest.raises(Refused):
        logins.by_provider(db, claims(email=email), knock())


def test_a_provider_s_own_number_names_an_account_in_its_letters(db):
    accounts.add(db, "sub:Xy7", "Kim", "PM", None)
    assert logins.by_provider(db, {"sub": "Xy7", "email": "x@y.z", "email_verified": False}, knock())
    with pytest.raises(Refused):
        logins.by_provider(db, {"sub": "xy7"}, knock())
    with pytest.raises(Refused):  # an e-mail is no number
        logins.by_provider(db, {"sub": "9", "email": "sub:Xy7", "email_verified": False}, knock())


def test_a_disabled_account_is_refused_at_the_provider_too(db, ann):
    accounts.disable(db, "ann@example.org")
    with pytest.raises(Refused, match="disabled"):
        logins.by_provider(db, claims(), knock())


@pytest.mark.parametrize(("said", "hours"), [("", 12), ("1.5", 1.5), ("720", 720)])
def test_the_operator_says_how_long_a_session_lasts(monkeypatch, said, hours):
    monkeypatch.setenv("PLUMBLINE_SESSION_HOURS", said)
    assert logins.limits() == (hours * 3600, hours * 600)


@pytest.mark.parametrize("said", ["0", "-1", "721", "a day", "nan", "inf"])
def test_no_other_number_of_hours_is_taken(monkeypatch, said):
    monkeypatch.setenv("PLUMBLINE_SESSION_HOURS", said)
    with pytest.raises(UsageError, match="PLUMBLINE_SESSION_HOURS"):
        logins.limits()
