"""How languages write dates and numbers, and which form a number takes."""

import os
import subprocess
import sys
from datetime import datetime

import pytest

from streamly_ssg.pages import cldr
from streamly_ssg.pages.tongue import Tongue, form_of, grouped, spoken

MOMENT = datetime(2026, 3, 9)  # noqa: DTZ001 - a day, wherever


@pytest.mark.parametrize(
    ("code", "day", "month", "number"),
    [
        ("de", "9. März 2026", "März 2026", "1.234.567"),
        ("de-CH", "9. März 2026", "März 2026", "1’234’567"),
        ("fr", "9 mars 2026", "mars 2026", "1\u202f234\u202f567"),
        ("ar", "9 مارس 2026", "مارس 2026", "1,234,567"),
        ("pl", "9 marca 2026", "marzec 2026", "1\xa0234\xa0567"),
        ("pt-BR", "9 de março de 2026", "março de 2026", "1.234.567"),
        ("ja", "2026年3月9日", "2026年3月", "1,234,567"),
        ("hi", "9 मार्च 2026", "मार्च 2026", "12,34,567"),
    ],
)
def test_dates_and_numbers_are_written_as_in_the_language(
    code: str, day: str, month: str, number: str
) -> None:
    tongue = Tongue(code=code, **cldr.manners(code))
    assert spoken(tongue)["day"](MOMENT) == day
    assert tongue.month_of(2026, 3) == month
    assert grouped(1_234_567, tongue) == number


def test_a_language_is_the_same_whichever_was_asked_for_before() -> None:
    first = cldr.manners("pt-BR")
    cldr.manners("ja")
    cldr.manners("hu")
    assert cldr.manners("pt-BR") == first
    assert cldr.manners("pl")["months_alone"][2] == "marzec"


def test_a_language_that_nobody_knows_is_written_as_english() -> None:
    assert cldr.manners("tlh") == {}


def test_the_locale_of_the_machine_changes_nothing() -> None:
    program = "from streamly_ssg.pages import cldr; print(ascii(cldr.manners('fr')))"
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"LC_ALL": locale, "LANG": locale, "LANGUAGE": locale},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for locale in ("C", "tr_TR.UTF-8", "de_DE.UTF-8")
    }
    assert len(told) == 1


def test_browsers_are_told_which_form_each_of_their_names_is() -> None:
    count, rule = 6, "n==0?0:n==1?1:n==2?2:n%100>=3&&n%100<=10?3:n%100>=11?4:5"
    found = dict(cldr.categories("ar", form_of(rule), count))
    assert found == {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 4, "other": 5}
