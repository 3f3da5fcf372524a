"""Accounts: who may log in, as which person and role; one account is the same person in every project of the file.

Knows rows; how a password is hashed and who may log in is decided in workflow/team.
"""

from dataclasses import dataclass

from lib.records import UsageError
from lib.records.people import ROLES, checked, same_person, tidied
from lib.store import experts
from lib.store.database import Store
from lib.store.team import events

LONGEST_LOGIN = 200
OF_PROVIDER = "sub:"  # before the number by which a provider knows somebody


@dataclass(frozen=True)
class Account:
    """Who may log in under a name or e-mail, and as whom; `password` is a hash, None where a provider vouches."""

    id: int
    login: str
    name: str
    role: str
    password: str | None
    disabled: bool

    @property
    def words(self) -> str:
        """Name and role, as they stand beside what the person writes."""
        return f"{self.name}, {self.role}"


def spelt(login: str) -> str:
    """A login as it is compared: letters of ASCII in small, all others as they are.

    Other letters that look or fold alike are other people's e-mails. A provider's own number of somebody, which begins
    with sub:, keeps its letters (OpenID Connect Core 1.0, section 2: sub is case-sensitive).
    """
    if login[:4].lower() == OF_PROVIDER:
        return OF_PROVIDER + login[4:]
    return "".join(letter.lower() if letter.isascii() else letter for letter in login)


def every(store: Store) -> list[Account]:
    """All accounts by login, the disabled too."""
    return [_account(row) for row in store.rows("select * from accounts order by login")]


def find(store: Store, login: str) -> Account | None:
    """The account of this login, however it is spelt; None where there is none."""
    row = store.row("select * from accounts where login = :login", login=spelt(login))
    return _account(row) if row else None


def known(store: Store, login: str) -> Account:
    """The same; UsageError where there is none."""
    found = find(store, login)
    if found is None:
        have = ", ".join(account.login for account in every(store)) or "none yet"
        raise UsageError(f"There is no account '{login}'. Accounts: {have}.")
    return found


def _account(row) -> Account:
    return Account(row["id"], row["login"], row["name"], row["role"], row["password"], row["disabled_at"] is not None)


def add(store: Store, login: str, name: str, role: str, password: str | None) -> Account:
    """A new account; UsageError where login or name is somebody's already, or no such role is known."""
    login, name = spelt(login.strip()), checked(tidied(name))
    if not login or len(login) > LONGEST_LOGIN or login != tidied(login):
        raise UsageError(f"A login has 1 to {LONGEST_LOGIN} characters that can be seen: a name, or the e-mail that a "
                         "provider says.")
    with store.transaction():
        if find(store, login):
            raise UsageError(f"There is an account '{login}' already.")
        _free(store, name)
        store.execute("insert into accounts (login, name, role, password) values (:login, :name, :role, :password)",
                      login=login, name=name, role=_role(role), password=password)
        events.note(store, "added", login, f"{name}, {role}")
        return known(store, login)


def _free(store: Store, name: str, besides: int = 0) -> None:
    if not name:
        raise UsageError("Say the person's name: it stands beside all that the person writes.")
    holder = next((one for one in every(store) if same_person(one.name) == same_person(name) and one.id != besides),
                  None)
    if holder:
        raise UsageError(f"'{holder.login}' is {holder.name} already: a person has one account.")


def _role(role: str) -> str:
    if role not in ROLES:
        raise UsageError(f"A role is one of {', '.join(ROLES)}.")
    return role


def rename(store: Store, login: str, name: str) -> None:
    """Another name of the person, which ends every session; in a project people are renamed for themselves."""
    with store.transaction():
        found, name = known(store, login), checked(tidied(name))
        _free(store, name, found.id)
        store.execute("update accounts set name = :name where id = :id", name=name, id=found.id)
        _end_all(store, found)
        events.note(store, "renamed", found.login, f"{found.name} is {name} now")


def set_role(store: Store, login: str, role: str) -> None:
    """As what the person works from now on, in every project; every session ends.

    An open page holds what it may do by the role it was drawn with, and its next press would still do that.
    """
    with store.transaction():
        found = known(store, login)
        store.execute("update accounts set role = :role where id = :id", role=_role(role), id=found.id)
        _end_all(store, found)
        events.note(store, "role", found.login, f"{found.role} is {role} now")


def set_password(store: Store, login: str, password: str) -> None:
    """Another password (its hash); every session of the account ends."""
    with store.transaction():
        found = known(store, login)
        store.execute("update accounts set password = :password where id = :id", password=password, id=found.id)
        _end_all(store, found)
        events.note(store, "password", found.login)


def keep_hash(store: Store, account: Account, password: str) -> None:
    """The same password hashed anew, where the one that was checked is still in force."""
    store.execute("update accounts set password = :new where id = :id and password = :old", new=password,
                  id=account.id, old=account.password)


def disable(store: Store, login: str) -> None:
    """May not log in any more; every session of the account ends at once."""
    with store.transaction():
        found = known(store, login)
        store.execute("update accounts set disabled_at = coalesce(disabled_at, strftime('%Y-%m-%dT%H:%M:%fZ'))"
                      " where id = :id", id=found.id)
        _end_all(store, found)
        events.note(store, "disabled", found.login)


def enable(store: Store, login: str) -> None:
    """May log in again."""
    with store.transaction():
        found = known(store, login)
        store.execute("update accounts set disabled_at = null where id = :id", id=found.id)
        events.note(store, "enabled", found.login)


def end_sessions(store: Store, login: str) -> int:
    """Logs the account out of every browser; returns of how many."""
    with store.transaction():
        found = known(store, login)
        ended = _end_all(store, found)
        events.note(store, "sessions ended", found.login, f"{ended:,}")
        return ended


def _end_all(store: Store, account: Account) -> int:
    open_ones = store.value("select count(*) from sessions where account = :id and ended is null", id=account.id)
    store.execute("delete from sessions where account = :id", id=account.id)
    return open_ones


def of_person(store: Store, name: str) -> Account | None:
    """The account of a person of the project, by whatever name that person has had here; None without one."""
    wanted = same_person(name)
    return next((one for one in every(store) if same_person(experts.called(store, one.name)) == wanted), None)


def check_role(store: Store, name: str, role: str) -> None:
    """Refuses on a page another role than the person's account says."""
    found = of_person(store, name) if store.role is not None else None
    if found and found.role != role:
        check_free(store, name)


def check_free(store: Store, *names: str) -> None:
    """Refuses to change on a page who somebody is or as what they work, where an account says so.

    Else one person could take over another's name. The command line, which no login holds, may.
    """
    for found in (of_person(store, name) for name in names if store.role is not None):
        if found:
            raise UsageError(f"{found.name} has an account, which says name and role: the operator changes them with "
                             f"`users rename {found.login}` and `users role {found.login}`.")
