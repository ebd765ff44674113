"""What `check` found, as people read it, as programs do, and as GitHub shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from streamly_ssg.check import ADVICE
from streamly_ssg.errors import ContentError, Problem

from . import speech


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, what was mended before, and on how many pages."""

    problems: Sequence[Problem]
    mended: Sequence[str]
    pages: int
    strict: bool

    @property
    def wrong(self) -> int:
        """How many problems there are that are more than advice."""
        return sum(one.code not in ADVICE for one in self.problems)

    @property
    def exit_code(self) -> int:
        """1 if something is wrong; if the caller is strict, advice is wrong too."""
        is_bad = self.problems if self.strict else self.wrong
        return ContentError.exit_code if is_bad else 0

    def summary(self) -> str:
        """Return what was found, in one line."""
        wrong, advice = self.wrong, len(self.problems) - self.wrong
        parts = [speech.counted(wrong, "problem")] if wrong else []
        parts += [f"{advice:,} to consider"] if advice else []
        found = ", ".join(parts) or "nothing found"
        return f"{speech.counted(self.pages, 'page')} checked, {found}"


def tell(found: Findings, form: str) -> None:
    """Print *found* as text, json or github."""
    if form == "json":
        problems = [{**speech.plain(one), "advice": one.code in ADVICE} for one in found.problems]
        speech.document(
            {"problems": problems, "fixed": list(found.mended), "exit_code": found.exit_code}
        )
        return
    for line in found.mended:
        speech.say(line)
    for one in found.problems:
        speech.say(_annotation(one) if form == "github" else str(one))
    speech.note(found.summary())


def _annotation(one: Problem) -> str:
    """Return *one* as GitHub's runners read it."""
    level = "warning" if one.code in ADVICE else "error"
    places = {"file": one.path, "line": one.line, "col": one.column, "title": one.code}
    given = ",".join(f"{name}={_property(str(value))}" for name, value in places.items() if value)
    hint = f" ({one.hint})" if one.hint else ""
    return f"::{level} {given}::{_escaped(one.message + hint)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
