"""Passwords: what may be one, its hash, and whether it fits; nothing of accounts.

scrypt with N = 2^15, r = 8, p = 3, one of the settings that OWASP's Password Storage Cheat Sheet names as equal: 32 MiB
for each login under way. The parameters stand in the hash, so that they may rise.
"""

import base64
import hashlib
import hmac
import secrets
import unicodedata

from lib.records import UsageError

# NIST SP 800-63B-4, 3.1.1.2: "Verifiers and CSPs SHALL require passwords that are used as a single-factor
# authentication mechanism to be a minimum of 15 characters in length." No rule on which characters: it forbids them.
SHORTEST, LONGEST = 15, 1024
_FEWEST_LETTERS = 6  # different ones
_LOG_N, _R, _P, _SALT = 15, 8, 3, 16


def checked(password: str, *known: str) -> str:
    """The password, where it may be one; UsageError where it is short, or easily guessed from `known` words."""
    if not SHORTEST <= len(_plain(password)) <= LONGEST:
        raise UsageError(f"A password has {SHORTEST} to {LONGEST:,} characters: some words in a row do.")
    rest = _plain(password).casefold()
    for word in filter(None, ("plumbline", "password", *(_plain(one).casefold() for one in known))):
        rest = rest.replace(word, "")
    if len(set(rest)) < _FEWEST_LETTERS:
        raise UsageError("This password is easily guessed: take words that have nothing to do with the login, the "
                         "name or the program.")
    return password


def _plain(password: str) -> str:
    """One form for what a phone and a keyboard write in two (NIST SP 800-63B-4, 3.1.1.2: normalized Unicode)."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str) -> str:
    """The hash to keep: $scrypt$ln=…,r=…,p=…$salt$hash."""
    salt = secrets.token_bytes(_SALT)
    return f"$scrypt$ln={_LOG_N},r={_R},p={_P}${_text(salt)}${_text(_scrypt(password, salt, _LOG_N, _R, _P))}"


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password of a hash; of None it never is, and that takes the same time."""
    _, _, parameters, salt, expected = (kept or _NOBODYS).split("$")
    log_n, r, p = (int(part.partition("=")[2]) for part in parameters.split(","))
    found = _scrypt(password[:LONGEST], base64.b64decode(salt), log_n, r, p)
    return hmac.compare_digest(found, base64.b64decode(expected)) and kept is not None and len(password) <= LONGEST


def is_of_today(kept: str) -> bool:
    """Whether a hash was made with today's parameters."""
    return kept.startswith(f"$scrypt$ln={_LOG_N},r={_R},p={_P}$")


def _scrypt(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(_plain(password).encode("utf-8", "surrogatepass"), salt=salt, n=1 << log_n, r=r, p=p,
                          maxmem=256 * r * (1 << log_n), dklen=32)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


_NOBODYS = f"$scrypt$ln={_LOG_N},r={_R},p={_P}${_text(bytes(_SALT))}${_text(bytes(32))}"
