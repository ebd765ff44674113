"""How `streamly check` tells what it found: to people, to programs, beside the lines on GitHub."""

import re
from pathlib import Path

import pytest

from streamly_ssg.check import ADVICE
from tests.cli.running import ROOT, site, streamly

LATE = "---\ntitle: Late\ndate: 2026-1-5\n---\nText.\n"
DEAD = "---\ntitle: Dead\n---\n[a](/100%/)\n"


def test_advice_is_told_and_the_command_succeeds(tmp_path: Path) -> None:
    ran = streamly(site(tmp_path, {"content/posts/late.md": LATE}), "check")
    assert ran.code == 0
    assert ran.out.startswith('content/posts/late.md:3:7: TIDY the date "2026-1-5" is "2026-01-05"')
    assert ran.err.endswith("pages checked, 1 to consider\n")


def test_who_is_strict_wants_no_advice(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/posts/late.md": LATE})
    assert streamly(folder, "check", "--strict").code == 1


def test_json_says_what_is_only_advice(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/posts/late.md": LATE, "content/pages/dead.md": DEAD})
    told = streamly(folder, "check", "--format", "json").json
    assert {one["code"]: one["advice"] for one in told["problems"]} == {"LINK": False, "TIDY": True}
    assert told["exit_code"] == 1


def test_github_shows_a_finding_beside_its_line(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/posts/late.md": LATE, "content/pages/dead.md": DEAD})
    dead, late = streamly(folder, "check", "--format", "github").out.splitlines()
    assert dead.startswith(
        '::error file=content/pages/dead.md,line=4,col=5,title=LINK::links to "/100%25/", which'
    )
    assert late.startswith("::warning file=content/posts/late.md,line=3,col=7,title=TIDY::")


def test_a_file_with_a_comma_does_not_break_the_line(tmp_path: Path) -> None:
    folder = site(tmp_path, {"content/pages/a,b.md": DEAD})
    (line,) = streamly(folder, "check", "--format", "github").out.splitlines()
    assert "file=content/pages/a%2Cb.md,line" in line


@pytest.mark.parametrize("words", [["--dry-run"], ["--format", "yaml"]])
def test_what_makes_no_sense_is_refused(words: list[str], tmp_path: Path) -> None:
    assert streamly(site(tmp_path), "check", *words).code == 2


def test_the_guide_tells_every_code() -> None:
    folder = ROOT / "streamly_ssg/check"
    source = "".join(file.read_text("utf-8") for file in folder.glob("[a-z]*.py"))
    guide = (ROOT / "content/posts/guide/checking.md").read_text("utf-8")
    codes = set(re.findall(r'"([A-Z]{2,})"', source)) - {"HEAD", "GET", "RIFF", "WEBP"}
    assert codes >= {*ADVICE, "LINK", "HEADING"}
    assert [code for code in sorted(codes) if f"\n| `{code}` | " not in guide] == []
