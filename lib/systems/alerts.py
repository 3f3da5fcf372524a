"""Alerts on their way out: JSON posted to a webhook, and an e-mail through SMTP.

Addresses and passwords come from the environment alone, and no sentence of this file holds them. A webhook's address
is judged as every other one (addresses.py) and redirects are not followed; the mail server is the operator's own.
"""

import os
import smtplib
import ssl
from email.message import EmailMessage
from typing import Any

import httpx2

from lib.models import keys
from lib.models.replies import LlmError
from lib.records import UsageError
from lib.systems import wire
from lib.systems.connector import host_of

SECONDS = 20.0  # for one try
STARTTLS, TLS, NONE = "starttls", "tls", "none"
_PORTS = {STARTTLS: 587, TLS: 465, NONE: 25}


class NotDelivered(Exception):
    """An alert did not arrive; the text says why, without an address or a password."""


def check(webhook: str, mail: str) -> None:
    """UsageError where an alert could not be sent: a variable that is not set or not named, an address that is none."""
    if webhook:
        host_of(keys.value(webhook), f"What {webhook} holds")
    if mail:
        if any(sign in mail for sign in "\r\n, ") or not mail.strip("@").partition("@")[2]:
            raise UsageError(f"'{mail}' is no e-mail address: write one like team@example.org.")
        _server()


async def post(variable: str, body: dict[str, Any]) -> None:
    """Posts JSON to the address that a variable of the environment holds; NotDelivered with the reason."""
    try:
        url = keys.value(variable)
        host_of(url, f"What {variable} holds")
        async with await wire.client(url, SECONDS, 1) as client:
            reply = await client.post(url, json=body)
    except (LlmError, UsageError) as error:
        raise NotDelivered(str(error)) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, UnicodeError) as error:
        raise NotDelivered(f"the address in {variable} cannot be reached ({type(error).__name__})") from None
    if reply.status_code // 100 == 3:
        raise NotDelivered(f"the address in {variable} redirects elsewhere, and no post follows: put the final one "
                           "there")
    if reply.status_code // 100 != 2:
        raise NotDelivered(f"the address in {variable} answered with {reply.status_code}")


def send(to: str, subject: str, text: str) -> None:
    """Sends a plain e-mail; NotDelivered with the reason."""
    message = EmailMessage()
    try:
        host, port, way, sender = _server()
        message["From"], message["To"], message["Subject"] = sender, to, " ".join(subject.split())
        message.set_content(text)
        with _opened(host, port, way) as server:
            user = os.environ.get("PLUMBLINE_SMTP_USER", "")
            if user:
                server.login(user, os.environ.get("PLUMBLINE_SMTP_PASSWORD", ""))
            server.send_message(message)
    except UsageError as error:
        raise NotDelivered(str(error)) from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotDelivered(f"the mail server did not take it ({_why(error)})") from None


def _opened(host: str, port: int, way: str) -> smtplib.SMTP:
    if way == TLS:
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if way == STARTTLS:
            server.starttls(context=ssl.create_default_context())
    except BaseException:
        server.close()
        raise
    return server


def _why(error: Exception) -> str:
    """The kind of fault and a status; a server's own words could repeat a password."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__}{f', {code}' if code else ''}"


def _server() -> tuple[str, int, str, str]:
    """(host, port, way, sender); UsageError where the environment names no server, or one that cannot be read."""
    host, sender = os.environ.get("PLUMBLINE_SMTP_HOST", ""), os.environ.get("PLUMBLINE_SMTP_FROM", "")
    way = os.environ.get("PLUMBLINE_SMTP_TLS", STARTTLS).lower()
    if not host or not sender:
        raise UsageError("An alert by e-mail needs PLUMBLINE_SMTP_HOST and PLUMBLINE_SMTP_FROM in the environment.")
    if way not in _PORTS:
        raise UsageError(f"PLUMBLINE_SMTP_TLS is one of {', '.join(_PORTS)}.")
    port = os.environ.get("PLUMBLINE_SMTP_PORT", str(_PORTS[way]))
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        raise UsageError("PLUMBLINE_SMTP_PORT is a number below 65,536.")
    return host, int(port), way, sender
