"""Sends one mail to an SMTP server (RFC 5321), encrypted where the server offers it (RFC 3207).

Guarantees: each recipient has an answer of its own; what the server took is not sent again unless its answer is lost;
the envelope is sent octet by octet; line ends become CR LF, and no line of the message can end it.
"""

from __future__ import annotations

import os
import re
import smtplib
from contextlib import suppress
from typing import TYPE_CHECKING

from qsfilter.errors import OutOfTime
from qsfilter.outbox.ways import Answer, Away

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter.model import Envelope

OK, WILL_FORWARD = 250, 251
AUTHENTICATE = 530
"""The server wants what the site has not set up, which may be mended."""
NO_ADDRESS = "an address with a blank, an angle bracket, or octets that are not UTF-8"
_LINE_END = re.compile(rb"\r\n|\r|\n")


def send(host: str, port: int, timeout: float, raw: bytes | mmap, offset: int, envelope: Envelope) -> Answer:
    """Send the message that is RAW from OFFSET on in a session of its own; a step takes at most TIMEOUT seconds.

    Raises Away where the server is not there or not ready.
    """
    try:
        # Not named by looking ourselves up, which may take long.
        session = smtplib.SMTP(host, port, os.uname().nodename, timeout)
    except (OSError, UnicodeError, smtplib.SMTPException) as error:  # UnicodeError: HOST is no name
        raise Away(f"{host}:{port}: {_text(error)}") from error
    try:
        _greet(session)
        answer = _sent(session, _LINE_END.sub(b"\r\n", raw[offset:]), envelope)
        with suppress(OSError, smtplib.SMTPException, OutOfTime):  # what the server has answered stands
            session.quit()
    except (OSError, smtplib.SMTPException) as error:
        return Answer(later=dict.fromkeys(envelope.recipients, _text(error)))
    finally:
        session.close()
    return answer


def _greet(session: smtplib.SMTP) -> None:
    session.ehlo_or_helo_if_needed()
    if session.has_extn("starttls"):
        import ssl  # noqa: PLC0415 - the server on this machine offers none

        # As mail servers do among themselves: who listens is shut out; who pretends to be the server is not.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        session.starttls(context=context)
        session.ehlo_or_helo_if_needed()


def _sent(session: smtplib.SMTP, message: bytes, envelope: Envelope) -> Answer:
    unusable = [one for one in envelope.recipients if not _is_usable(one)]
    usable = [one for one in envelope.recipients if one not in unusable]
    international = not all(map(bytes.isascii, (envelope.sender, *usable)))
    others = [_for_all(unusable, NO_ADDRESS, refused=True)]
    if not _is_usable(envelope.sender) or (international and not session.has_extn("smtputf8")):
        return _for_all(envelope.recipients, "the server does not know such addresses", refused=True)
    if international:
        session.command_encoding = "utf-8"
    code, said = session.docmd("MAIL", f"FROM:<{envelope.sender.decode()}>{_options(session, message, international)}")
    if code != OK:
        return _united([*others, _answered(usable, code, said)])
    answers = {one: session.docmd("RCPT", f"TO:<{one.decode()}>") for one in usable}
    taken = [one for one, (code, _) in answers.items() if code in {OK, WILL_FORWARD}]
    others += [_answered([one], *answer) for one, answer in answers.items() if one not in taken]
    if taken:
        try:
            code, said = session.data(message)
        except smtplib.SMTPDataError as error:
            code, said = error.smtp_code, _octets(error.smtp_error)
        if code != OK:
            others.append(_answered(taken, code, said))
    return _united(others)


def _options(session: smtplib.SMTP, message: bytes, international: bool) -> str:
    """Return the parameters of MAIL that the server knows (RFC 1870, 6152, 6531)."""
    size = f" SIZE={len(message)}" if session.has_extn("size") else ""
    coding = " BODY=8BITMIME" if session.has_extn("8bitmime") and not message.isascii() else ""
    return f"{size}{coding}{' SMTPUTF8' if international else ''}"


def _is_usable(address: bytes) -> bool:
    """Whether ADDRESS can stand in a command and is nothing but an address there."""
    text = address.decode("utf-8", "surrogateescape")
    return text.isprintable() and not set(text) & set(" <>")


def _answered(recipients: list[bytes] | tuple[bytes, ...], code: int, said: bytes) -> Answer:
    """Say what an answer with CODE, which is not 250, means for RECIPIENTS."""
    why = f"{code} {said.decode('ascii', 'backslashreplace')}"
    return _for_all(recipients, why, refused=500 <= code < 600 and code != AUTHENTICATE)


def _for_all(recipients: list[bytes] | tuple[bytes, ...], why: str, *, refused: bool) -> Answer:
    whys = dict.fromkeys(recipients, why)
    return Answer(refused=whys) if refused else Answer(later=whys)


def _united(answers: list[Answer]) -> Answer:
    refused: dict[bytes, str] = {}
    later: dict[bytes, str] = {}
    for answer in answers:
        refused |= answer.refused
        later |= answer.later
    return Answer(refused=refused, later=later)


def _text(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_octets(error.smtp_error).decode('ascii', 'backslashreplace')}"
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__


def _octets(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()
