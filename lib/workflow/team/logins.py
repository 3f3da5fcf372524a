"""Who may come in: a password or a provider's word, how often somebody may fail, and how long a session lasts.

Nobody is told whether a login exists. A browser in which a person was logged in before is counted for itself, so that
strangers who fail on purpose lock nobody out of it (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

import hashlib
import os
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from lib.records import PlumblineError, UsageError
from lib.store import Store
from lib.store.team import accounts, events, failures, sessions
from lib.store.team.accounts import OF_PROVIDER, Account
from lib.workflow.team import passwords

# Failures in 15 minutes. NIST SP 800-63B-4, 3.2.2 allows 100 in a row on one account.
MOST_BY_BROWSER, MOST_BY_PAIR, MOST_BY_ADDRESS, MOST_BY_ACCOUNT = 10, 5, 20, 100
DEFAULT_HOURS, MOST_HOURS = 12, 720
WRONG = "Login or password is wrong."
DISABLED = "This account is disabled: ask the operator."
_ADD = "The operator can add you:\n.venv/bin/python -m lib users add {login} --as 'YOUR NAME' --role expert --oidc"


class Refused(PlumblineError):
    """Somebody may not come in; the text says why and what to do, `wait` for how many seconds nobody is listened to."""

    wait = 0


@dataclass(frozen=True)
class Knock:
    """Who is at the door: the address of the browser, the token it has from before, and when it is."""

    address: str
    token: str
    now: int


def now() -> int:
    """Seconds since 1970."""
    return int(time.time())


def limits() -> tuple[int, int]:
    """(the longest a session lasts, the longest without a sign of life), in seconds; UsageError where misconfigured.

    PLUMBLINE_SESSION_HOURS is the first; the second is a sixth of it.
    """
    said = os.environ.get("PLUMBLINE_SESSION_HOURS", "").strip()
    try:
        hours = float(said or DEFAULT_HOURS)
    except ValueError:
        hours = 0
    if not 0 < hours <= MOST_HOURS:
        raise UsageError(f"PLUMBLINE_SESSION_HOURS is '{said}': name a number of hours up to {MOST_HOURS}, or nothing "
                         f"for {DEFAULT_HOURS}.")
    return int(hours * 3600), int(hours * 600)


def current(store: Store, token: str) -> sessions.Session | None:
    """The session of a token, where it lasts yet."""
    return sessions.current(store, token, now(), *limits())


def by_password(store: Store, login: str, password: str, knock: Knock) -> str:
    """Logs in; returns the token of the new session. Refused with a sentence."""
    login = accounts.spelt(login.strip())
    account = accounts.find(store, login)
    keys = _keys(store, login, account, knock)
    if wait := failures.wait(store, keys, knock.now):
        raise _too_many(wait)
    # A hash is computed in every case: an unknown login must not answer faster.
    if not passwords.fits(password, account.password if account else None) or account is None:
        events.refused(store, account.login if account else "", f"at {knock.address}: wrong password")
        raise Refused(WRONG)
    if account.disabled:
        events.refused(store, account.login, f"at {knock.address}: disabled")
        raise Refused(DISABLED)
    first, *rest = keys
    failures.passed(store, first, rest)
    return _begin(store, account, password, knock)


def _too_many(wait: int) -> Refused:
    minutes = -(-wait // 60)
    said = Refused(f"Too many failed attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}.")
    said.wait = wait
    return said


def _begin(store: Store, account: Account, password: str, knock: Knock) -> str:
    token = sessions.begin(store, account, knock.now, f"at {knock.address}", knock.token)
    if not token:
        raise Refused(WRONG)  # changed in this very moment
    if not passwords.is_of_today(account.password or ""):
        accounts.keep_hash(store, account, passwords.hashed(password))
    return token


def _keys(store: Store, login: str, account: Account | None, knock: Knock) -> dict[str, int]:
    """Under which keys a failure is counted, and how many are allowed; the first is cleared by a success."""
    browser = account and sessions.browser_of(store, knock.token, account, knock.now)
    if browser:
        return {f"browser {browser}": MOST_BY_BROWSER}
    # Hashed: what is typed as a login may be a password, and may be long.
    who, where = hashlib.sha256(login.encode("utf-8", "surrogatepass")).hexdigest()[:32], _network(knock.address)
    return {f"pair {who} {where}": MOST_BY_PAIR, f"address {where}": MOST_BY_ADDRESS,
            f"account {who}": MOST_BY_ACCOUNT}


def _network(address: str) -> str:
    """An address as it is counted: of IPv6 the network, for each customer has a whole one."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))
    return address


def by_provider(store: Store, claims: Mapping[str, object], knock: Knock) -> str:
    """Logs in whom an OIDC provider vouches for; returns the token of the new session. Refused with a sentence.

    `claims` are those of a verified ID token. The account is the one named sub:… by the provider's own number of the
    person, else the one of the e-mail, where the provider says that it has verified it (OpenID Connect Core 1.0, 5.1).
    """
    subject, email = str(claims.get("sub") or ""), str(claims.get("email") or "")
    verified = claims.get("email_verified")
    vouched = bool(email) and (verified is True or verified == "true")  # some send the word
    account = (accounts.find(store, OF_PROVIDER + subject) if subject else None) or (
        accounts.find(store, email) if vouched else None)
    if account is None or account.disabled:
        events.refused(store, account.login if account else "", f"by provider: {(email or subject)[:200]}")
        raise Refused(DISABLED if account else _stranger(subject, email, vouched))
    token = sessions.begin(store, account, knock.now, f"at {knock.address} by provider", knock.token)
    if not token:
        raise Refused(DISABLED)
    return token


def _stranger(subject: str, email: str, vouched: bool) -> str:
    if vouched:
        return f"{email} has no account here. {_ADD.format(login=shlex.quote(email))}"
    by_number = _ADD.format(login=shlex.quote(OF_PROVIDER + subject))
    if email:
        return (f"Your provider does not say that it has verified {email} (email_verified), so that e-mail opens no "
                f"account. {by_number}")
    return f"Your provider says no e-mail of yours. {by_number}"
