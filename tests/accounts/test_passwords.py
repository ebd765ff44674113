import asyncio
from concurrent.futures import Future
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interact_api.accounts import passwords
from interact_api.accounts.passwords import Hasher
from interact_api.errors import Invalid, Unavailable


@pytest.mark.parametrize(
    "text",
    [
        "password1234", "P@ssw0rd2024", "Sunshine2026!", "iloveyou!!!!", "monkeymonkey", "1234567890",
        "0123456789a!", "9876543210", "abcdefghijkl", "lkjihgfedcba", "qwertyuiop", "poiuytrewq!",
        "1qaz2wsx3edc", "aaaaaaaaaaaa", "abcabcabcabc", "123123123123", "11112222333344", "          ",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        passwords.must_be_good(text)


@pytest.mark.parametrize(
    "text",
    [
        "correct horse battery", "tr0ub4dor&3xx", "ünïcödé ist schön", "🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵",
        "   leading spaces", "null\0byte in the middle", "fdsajkl;rewq7", "x9" * 2 + "Kp!qLm28" * 31,
    ],
)  # fmt: skip
def test_any_characters_make_a_good_password(text: str) -> None:
    passwords.must_be_good(text)


@pytest.mark.parametrize("length", [9, 257, 1_025, 1_000_000])
def test_a_password_takes_ten_to_256_characters(length: int) -> None:
    with pytest.raises(Invalid, match="10 to 256"):
        passwords.must_be_good(("kX9 vQ2m" * (length // 8 + 1))[:length])


@pytest.mark.parametrize("text", ["ada.lovelace", "Lovelace1815", "example.org!", "streamly-ada"])
def test_a_name_or_an_address_is_no_password(text: str) -> None:
    with pytest.raises(Invalid, match="little more than"):
        passwords.must_be_good(text, ["ada", "lovelace", "ada.lovelace", "example.org", "streamly"])


def test_thousands_of_common_passwords_are_refused() -> None:
    fit = [word for word in passwords._common() if len(word) >= passwords.SHORTEST]
    made = [f"{word}2026" for word in passwords._common() if len(word) in {6, 7, 8, 9}]
    assert len(fit) > 1000
    assert len(fit) + sum(map(passwords.is_common, made)) > 4000


def test_half_a_character_is_refused() -> None:
    with pytest.raises(Invalid, match="half"):
        passwords.must_be_good("correct \ud800 horse")


def test_a_long_password_counts_to_its_end(hasher: Hasher) -> None:
    kept = hasher.hash_now("a" * 72 + "x")
    assert asyncio.run(hasher.verify(kept, "a" * 72 + "x")).is_right
    assert not asyncio.run(hasher.verify(kept, "a" * 72 + "y")).is_right


def test_a_letter_and_its_accent_are_one_character(hasher: Hasher) -> None:
    kept = hasher.hash_now("caf\u00e9 au lait")
    assert asyncio.run(hasher.verify(kept, "cafe\u0301 au lait")).is_right


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.text(max_size=60))
def test_every_text_can_be_checked_and_hashed(text: str) -> None:
    hasher = _HASHER
    with suppress(Invalid):
        passwords.must_be_good(text, [text])
    kept = hasher.hash_now(text)
    assert hasher._verify_now(kept, text).is_right
    assert not hasher._verify_now(kept, text + "x").is_right


def test_only_the_password_itself_is_right(hasher: Hasher) -> None:
    """The first of microblog's four scenarios."""
    kept = hasher.hash_now("cat")
    assert not asyncio.run(hasher.verify(kept, "dog")).is_right
    assert asyncio.run(hasher.verify(kept, "cat")).is_right
    assert hasher.hash_now("cat") != kept


@pytest.mark.parametrize("kept", [None, "", "plain", "$argon2id$v=19$m=8,t=1,p=1$broken"])
def test_nobody_is_never_right(hasher: Hasher, kept: str | None) -> None:
    assert not asyncio.run(hasher.verify(kept, "somebody who isn't there")).is_right


def test_the_parameters_are_those_of_owasp() -> None:
    hasher = Hasher()
    kept = hasher.hash_now("correct horse battery")
    hasher.close()
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_of_weaker_parameters_is_stale(hasher: Hasher) -> None:
    weaker = Hasher(memory=16, time=1)
    kept = weaker.hash_now("correct horse battery")
    weaker.close()
    assert asyncio.run(hasher.verify(kept, "correct horse battery")) == (True, True)
    assert asyncio.run(hasher.verify(hasher.hash_now("x"), "x")) == (True, False)


def test_when_too_many_wait_the_next_is_told_to_come_back() -> None:
    hasher = Hasher(memory=8, time=1, waiting=3)
    gate: Future[None] = Future()

    async def flood() -> list[object]:
        waiting = [asyncio.ensure_future(hasher._run(gate.result)) for _ in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as refused:
            await hasher.verify(None, "x")
        assert refused.value.retry_after > 0
        gate.set_result(None)
        return list(await asyncio.gather(*waiting))

    assert asyncio.run(flood()) == [None] * 5
    assert asyncio.run(hasher.verify(None, "x")).is_right is False
    hasher.close()


_HASHER = Hasher(memory=8, time=1)
