"""
Dates as authors write them.

ISO 8601 and RFC 3339 with the freedoms that Jekyll and Hugo allow: a space for the T, no seconds,
months of one digit, ``+0200``. A time without a zone is in the site's; the answer is always UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache

_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?"
    r"(?:[ \t]*(?:([Zz]|UTC|GMT)|([+-])(\d{2}):?([0-5]\d)?))?)?"
)


def parse_date(text: str, zone: str) -> datetime:
    """Return the moment that *text* names; raise ValueError saying why it names none."""
    match = _DATE.fullmatch(text.strip())
    if match is None or not text.isascii():
        raise ValueError('is not a date such as "2026-01-31" or "2026-01-31 09:30"')
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    micro = int((match[7] or "0")[:6].ljust(6, "0"))
    try:
        where = _offset(match) or _zone(zone)
        moment = datetime(year, month, day, hour, minute, second, micro, where)
    except ValueError as error:
        raise ValueError(f"does not exist: {error}") from None
    return in_utc(moment)


def in_iso(text: str) -> str:
    """Return the date *text* in ISO 8601, or as it is if that reads it; empty if it is none."""
    match = _DATE.fullmatch(text.strip())
    if match is None or not text.isascii():
        return ""
    return next(filter(_is_iso, (text, _iso(*match.groups()))), "")


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _iso(*parts: str | None) -> str:
    year, month, day, hour, minute, second, fraction, utc, sign, hours, minutes = (
        part or "" for part in parts
    )
    date = f"{year}-{int(month):02}-{int(day):02}"
    if not hour:
        return date
    zone = "Z" if utc else f"{sign}{hours}:{minutes or '00'}" if sign else ""
    second = second or ("00" if zone else "")
    tail = (f":{second}" if second else "") + (f".{fraction}" if fraction else "")
    return f"{date}T{int(hour):02}:{minute}{tail}{zone}"


def to_moment(value: date, zone: str) -> datetime:
    """Return a date or a datetime, with or without a zone, as a moment in UTC."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone follows
    return in_utc(value if value.tzinfo else value.replace(tzinfo=_zone(zone)))


def in_utc(moment: datetime) -> datetime:
    """Return *moment* in UTC; raise ValueError at the ends of the calendar."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the years 1 to 9999") from None


def _offset(match: re.Match[str]) -> tzinfo | None:
    if match[8]:
        return UTC
    if not match[9]:
        return None
    delta = timedelta(hours=int(match[10]), minutes=int(match[11] or 0))
    return timezone(delta if match[9] == "+" else -delta)


@cache
def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - 5 ms that UTC sites don't pay

    return ZoneInfo(name)
