"""
Mail: takes letters from the outbox, one after the other, and hands them to a server.

What a server refuses for good becomes a dead letter, everything else is tried again, later and
later, for three days. If it isn't known whether a letter was taken, it is sent again under the same
Message-ID. Nobody's answer waits for any of this. The only door to aiosmtplib.
"""

import asyncio
import logging
import random
import ssl
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import aiosmtplib

from interact_api import outbox
from interact_api.accounts import addresses
from interact_api.db import Database, DatabaseError
from interact_api.errors import Unavailable, Unknown
from interact_api.outbox import Letter
from interact_api.settings import Settings

from . import letterhead, tongue
from .letterhead import Brand, Rendered, UnknownLetter

PAUSE = 1.0  # seconds between two looks into an empty outbox
GRACE = 8.0  # seconds that a letter on its way has left when the service stops
STEPS = 4  # a conversation takes at most so many times the timeout of one step
REFUSED_FOR_GOOD = 500
LOG = logging.getLogger(__name__)


class Link(UnstructuredHeader):
    """A header that holds a link: programs look for it, and don't put it together from pieces."""

    max_count = 1
    name: str

    def fold(self, *, policy: Policy) -> str:
        """Return the header on one line."""
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", Link)  # type: ignore[arg-type] # it adds the base itself
POLICY = SMTP.clone(header_factory=HEADERS)


class NotSent(Exception):
    """A letter couldn't be handed over; *is_final* says that trying again is no use."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Holder(Protocol):
    """What the work needs of the service."""

    @property
    def settings(self) -> Settings:
        """Return the settings."""

    @property
    def database(self) -> Database:
        """Return the database."""


class Postman:
    """Sends the letters of one service."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.host = urlsplit(settings.base_url).hostname or "localhost"
        language = tongue.spoken(settings.language)
        self.brand = Brand(settings.title, settings.base_url, settings.secret, language)
        self._taken: set[int] = set()  # by a server, but that isn't noted yet

    async def deliver_next(self, database: Database, chance: float) -> bool:
        """Send the letter whose turn it is; return False if there is none."""
        due = outbox.next_due(database.reader)
        if due is None or due > database.clock():
            return False
        letter = await database.write(outbox.take)
        if letter is None:
            return False
        try:
            await self._hand_over(letter)
        except NotSent as error:
            await self._note_failure(database, letter, error, chance)
        else:
            await database.write(lambda tx: outbox.note_sent(tx, letter))
            self._taken.discard(letter.id)
        return True

    async def _hand_over(self, letter: Letter) -> None:
        if letter.id in self._taken:
            return
        try:
            when = tongue.moment(_moment(letter.created_at), self.brand.language)
            known = {"when": when, **letter.context}
            rendered = letterhead.render(letter.template, known, self.brand)
            message = self.message(letter, rendered)
        except (UnknownLetter, ValueError) as error:
            raise NotSent(str(error), is_final=True) from error
        await self._send(message, letter)
        self._taken.add(letter.id)

    async def _note_failure(
        self, database: Database, letter: Letter, error: NotSent, chance: float
    ) -> None:
        reason, is_final = str(error), error.is_final
        is_dead = await database.write(
            lambda tx: outbox.note_failure(tx, letter, reason, is_final=is_final, chance=chance)
        )
        level = logging.ERROR if is_dead else logging.WARNING
        LOG.log(level, "letter %d (%s) not sent: %s", letter.id, letter.template, reason)

    def message(self, letter: Letter, rendered: Rendered) -> EmailMessage:
        """Return *letter* as it is sent: one recipient, text and HTML."""
        mail = self.settings.mail
        message = EmailMessage(policy=POLICY)
        message["From"] = formataddr((_safe(self.settings.title), mail.sender or self._sender()))
        message["To"] = _safe(letter.recipient)
        message["Subject"] = _safe(rendered.subject)
        message["Date"] = format_datetime(_moment(letter.created_at))
        message["Message-ID"] = f"<{letter.message_id}@{self.host}>"
        message["Auto-Submitted"] = "auto-generated"
        if reply_to := _asker(letter) or mail.reply_to:
            message["Reply-To"] = _safe(reply_to)
        if rendered.stop:
            message["List-Unsubscribe"] = f"<{rendered.stop}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(rendered.text, cte="quoted-printable")
        message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
        return message

    def _sender(self) -> str:
        return f"noreply@{self.host}"

    async def _send(self, message: EmailMessage, letter: Letter) -> None:
        match self.settings.mail.backend:
            case "smtp":
                await self._send_by_smtp(message)
            case "file":
                await asyncio.to_thread(self._write_file, message, letter)
            case "console":
                sys.stderr.write(_shown(message))

    async def _send_by_smtp(self, message: EmailMessage) -> None:
        mail = self.settings.mail
        try:
            # Nobody else is given the letter while it is on its way.
            async with asyncio.timeout(min(mail.timeout * STEPS, 0.9 * outbox.LEASE / 1000)):
                await aiosmtplib.send(
                    message,
                    hostname=mail.host,
                    port=mail.port,
                    username=mail.user or None,
                    password=mail.password or None,
                    local_hostname=self.host,
                    timeout=mail.timeout,
                    use_tls=mail.security == "tls",
                    start_tls=mail.security == "starttls",
                    tls_context=_tls(mail.ca_file) if mail.security != "none" else None,
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = error.recipients[0]
            reason = f"{refused.code} {refused.message}"
            raise NotSent(reason, is_final=refused.code >= REFUSED_FOR_GOOD) from error
        except aiosmtplib.SMTPDataError as error:
            reason = f"{error.code} {error.message}"
            raise NotSent(reason, is_final=error.code >= REFUSED_FOR_GOOD) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise NotSent(f"{type(error).__name__}: {error}") from error

    def _write_file(self, message: EmailMessage, letter: Letter) -> None:
        folder = self.settings.root / Path(self.settings.mail.folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            half = folder / f".{letter.message_id}.part"
            half.write_bytes(message.as_bytes())
            half.replace(folder / f"{letter.message_id}.eml")
        except OSError as error:
            raise NotSent(str(error)) from error


async def deliver_forever(
    service: Holder, *, chance: Callable[[], float] = random.random, pause: float = PAUSE
) -> None:
    """Send what waits and what comes, until cancelled; a letter on its way may arrive first."""
    postman = Postman(service.settings)
    while True:
        work = asyncio.ensure_future(_deliver(postman, service.database, chance()))
        try:
            worked = await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.wait({work}, timeout=GRACE)
            work.cancel()
            raise
        if not worked:
            await asyncio.sleep(pause)


async def _deliver(postman: Postman, database: Database, chance: float) -> bool:
    try:
        return await postman.deliver_next(database, chance)
    except (Unavailable, Unknown, DatabaseError) as error:
        LOG.warning("the outbox can't be kept now: %s", error)
        return False


def _tls(ca_file: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file or None)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _asker(letter: Letter) -> str:
    """Return who is answered, if somebody wrote through the site."""
    given = letter.context.get("email", "") if letter.template == "contact" else ""
    return given if addresses.key_of(given) else ""


def _safe(text: str) -> str:
    """Return *text* for a header; what would end one is a mistake or an attack."""
    if any(mark in text for mark in "\r\n\0"):
        raise ValueError("a header holds a line break")
    return text


def _shown(message: EmailMessage) -> str:
    text = message.get_body(("plain",))
    body = text.get_content() if text is not None else ""
    return f"\n--- a letter to {message['To']}: {message['Subject']}\n{body}---\n"
