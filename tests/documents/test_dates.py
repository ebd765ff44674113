"""Dates: the forms that authors use, and the ones that name no moment."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamly_ssg.documents.dates import parse_date, to_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-15", "2024-01-15T00:00:00"),
        ("2024-1-5", "2024-01-05T00:00:00"),
        ("2024-01-15 10:00", "2024-01-15T10:00:00"),
        ("2024-01-15T10:00:05", "2024-01-15T10:00:05"),
        ("2024-01-15 10:00:00 +0000", "2024-01-15T10:00:00"),
        ("2024-01-15 10:00:00 +0200", "2024-01-15T08:00:00"),
        ("2024-01-15 10:00 -05:30", "2024-01-15T15:30:00"),
        ("2024-01-15T10:00:00Z", "2024-01-15T10:00:00"),
        ("2024-01-15t10:00:00.123456789z", "2024-01-15T10:00:00.123456"),
        ("2024-01-15T10:00:00.5+01", "2024-01-15T09:00:00.500000"),
        ("2024-01-15 10:00 UTC", "2024-01-15T10:00:00"),
        ("0001-01-01", "0001-01-01T00:00:00"),
        ("9999-12-31 23:59:59", "9999-12-31T23:59:59"),
    ],
)
def test_a_date_in_a_usual_form_is_a_moment_in_utc(text: str, moment: str) -> None:
    assert parse_date(text, "UTC") == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_a_date_without_a_zone_is_in_the_zone_of_the_site() -> None:
    assert parse_date("2024-07-01", "Europe/Berlin") == datetime(2024, 6, 30, 22, tzinfo=UTC)
    assert parse_date("2024-07-01 10:00 +0000", "Europe/Berlin").hour == 10


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-13-01",
        "2026-00-10",
        "0000-01-01",
        "2026-01-01 24:00",
        "2026-01-01 10:60",
        "2026-01-01 10:00:60",
        "2026-01-01 10:00 +99:00",
        "2026-01-01 10:00 +01:75",
        "2026-01-01 10",
        "01/02/2026",
        "2 January 2026",
        "20260101",
        "2026-01-01T",
        "2026-01",
        "today",
        "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0660\u0661",
        "1" * 5000,
        "0001-01-01 00:00 +0100",
        "9999-12-31 23:00 -0200",
    ],
)
def test_what_names_no_moment_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date|does not exist|is outside"):
        parse_date(text, "UTC")


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1000, 1, 1)))  # noqa: DTZ001
@settings(max_examples=100, derandomize=True, deadline=None)
def test_what_iso_writes_is_read_back(moment: datetime) -> None:
    assert parse_date(moment.isoformat(), "UTC") == moment
    assert parse_date(moment.isoformat(" "), "Asia/Tokyo") == moment


def test_the_types_of_toml_become_moments_too() -> None:
    east = timezone(timedelta(hours=2))
    assert to_moment(date(2024, 1, 15), "UTC") == datetime(2024, 1, 15, tzinfo=UTC)
    assert to_moment(datetime(2024, 1, 15, 10, tzinfo=east), "UTC").hour == 8
