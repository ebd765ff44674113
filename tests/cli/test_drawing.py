"""What is drawn on a terminal."""

import pytest

from streamly_ssg.cli import drawing, speech
from streamly_ssg.cli.drawing import Progress


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw at every call, as if a person were looking."""
    monkeypatch.setattr(speech, "is_terminal", lambda: True)
    monkeypatch.setattr(drawing, "MOMENT", 0)
    monkeypatch.setattr(drawing, "BETWEEN", 0)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")


def drawn(capsys: pytest.CaptureFixture[str], done: int, total: int | None) -> str:
    with Progress() as progress:
        progress(done, total)
    return capsys.readouterr().err


def test_the_bar_says_how_many_files_are_left(capsys: pytest.CaptureFixture[str]) -> None:
    text = drawn(capsys, 1234, 5678)
    assert "building" in text
    assert "1,234 of 5,678" in text


def test_as_long_as_nobody_knows_how_many_there_are_none_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = drawn(capsys, 1234, None)
    assert "reading" in text
    assert "1,234" in text
    assert " of " not in text


def test_nothing_is_drawn_for_programs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "is_terminal", lambda: False)
    assert not drawn(capsys, 1, 2)
