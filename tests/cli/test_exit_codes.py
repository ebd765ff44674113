"""Each way to end has its number, and its words."""

import errno
import os
import signal
import socket
import time
from pathlib import Path

import click
import pytest

from streamly_ssg.cli import main
from streamly_ssg.cli.failing import attempt
from streamly_ssg.cli.options import moment
from streamly_ssg.cli.session import Session
from streamly_ssg.errors import UsageError
from tests.cli.running import finished, process, site, streamly
from tests.support.folder import Folder
from tests.support.patience import PATIENCE, until


def test_zero_means_done(tmp_path: Path) -> None:
    assert streamly(site(tmp_path), "build").code == 0


def test_one_means_that_the_content_is_wrong(tmp_path: Path) -> None:
    assert streamly(site(tmp_path, {"content/posts/x.md": "---\na: 1\n---\n"}), "build").code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["biuld"], 'USAGE there is no command "biuld" (did you mean "build"?)'),
        (["build", "--outptu", "x"], 'USAGE no such option: --outptu (did you mean "--output"?'),
        (["build", "--jobs", "none"], "USAGE invalid value for '--jobs'"),
        (["build", "--now", "tomorrow"], 'USAGE "tomorrow" is no moment (write it as 2026-'),
        (["explain"], "USAGE missing argument 'PAGE' (see `streamly explain --help`)"),
        (["list", "cats"], "USAGE invalid value"),
        (["build", "--output", "content"], "content: OUTPUT would be overwritten by the output"),
    ],
)
def test_two_means_that_the_command_line_is_wrong(
    words: list[str], said: str, tmp_path: Path
) -> None:
    ran = streamly(site(tmp_path), words[0], *words[1:])
    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("command", main.list_commands(click.Context(main)))
def test_help_is_laid_out(command: str, tmp_path: Path) -> None:
    ran = streamly(tmp_path, command, "--help")
    assert ran.code == 0
    assert "\\b" not in ran.out


def test_two_means_that_the_settings_are_wrong(tmp_path: Path) -> None:
    folder = site(tmp_path, {"streamly.toml": '[site]\ntitel = "x"\n'})
    ran = streamly(folder, "build")
    assert ran.code == 2
    assert 'streamly.toml:2:1: SETTINGS unknown key "titel" in [site]' in ran.err


def test_a_folder_without_a_site_says_what_to_do(tmp_path: Path) -> None:
    ran = streamly(tmp_path, "build")
    assert ran.code == 2
    assert "`streamly init`" in ran.err
    assert "content/posts/" in ran.err


def test_a_refusal_is_a_json_document_too(tmp_path: Path) -> None:
    ran = streamly(tmp_path, "build", "--json")
    assert ran.json["exit_code"] == 2
    assert ran.json["problems"][0]["code"] == "SITE"


def test_three_means_that_the_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = streamly(site(tmp_path), "serve", "--port", str(taken.getsockname()[1]))
    assert ran.code == 3
    assert "--port" in ran.err


def test_three_means_that_the_cache_cannot_be_written(tmp_path: Path) -> None:
    folder = site(tmp_path, {".streamly": "not a folder"})
    assert streamly(folder, "build").code == 3


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_three_means_that_the_machine_does_not_let_us(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def act() -> None:
        raise OSError(number, os.strerror(number), "a.md")

    assert attempt(act, Session()) == 3
    assert f"a.md: SYSTEM {os.strerror(number)}" in capsys.readouterr().err


def broken() -> None:
    raise KeyError("surprise")


def test_four_means_a_mistake_of_ours_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert attempt(broken, Session()) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("BUG KeyError: 'surprise'")


def test_debug_shows_where_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    assert attempt(broken, Session(debug=True)) == 4
    assert "in broken" in capsys.readouterr().err


def test_without_debug_there_is_no_traceback(tmp_path: Path) -> None:
    ran = streamly(tmp_path, "build")
    assert "Traceback" not in ran.err
    assert "Traceback" in streamly(tmp_path, "build", "--debug").err


def test_stopping_a_command_has_a_number_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    def act() -> None:
        raise KeyboardInterrupt

    assert attempt(act, Session()) == 130
    assert "STOPPED" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    folder = site(tmp_path)
    streamly(folder, "build")
    with process(folder.root, "list", "routes") as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        assert listing.stderr.read() == ""
    assert listing.returncode == 0


def test_help_is_done(tmp_path: Path) -> None:
    ran = streamly(tmp_path, "build", "--help")
    assert ran.code == 0
    assert "--drafts" in ran.out


def test_no_command_at_all_gives_the_help(tmp_path: Path) -> None:
    ran = finished(tmp_path)
    assert ran.code == 2
    assert "serve" in ran.err


def test_shell_completion_knows_the_commands(tmp_path: Path) -> None:
    typed = {"COMP_WORDS": "streamly ver", "COMP_CWORD": "1"}
    ran = finished(tmp_path, _STREAMLY_COMPLETE="bash_complete", **typed)
    assert "verify" in ran.out


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-01-31", "2026-01-31T00:00:00+00:00"),
        ("2026-01-31T09:30", "2026-01-31T09:30:00+00:00"),
        ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00+00:00"),
        ("2026-01-31T09:30:00+02:00", "2026-01-31T07:30:00+00:00"),
    ],
)
def test_a_moment_without_a_zone_is_in_utc(text: str, meant: str) -> None:
    assert moment(text).isoformat() == meant


@pytest.mark.parametrize("text", ["", "now", "31.1.2026", "2026-02-30", "2026-1-1", "1767225600"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        moment(text)


def large_site(root: Path) -> Folder:
    """Return a site whose build goes on while one looks at it."""
    posts = {f"content/posts/p{n}.md": f"# {n}\n\n" + "word " * 3000 for n in range(1000)}
    return site(root, posts)


def test_ctrl_c_ends_a_build_without_noise(tmp_path: Path) -> None:
    with process(large_site(tmp_path).root, "build", "--jobs", "2") as running:
        assert running.stderr is not None
        wait_for_state(tmp_path)
        running.send_signal(signal.SIGINT)
        said = running.stderr.read()
    assert "Traceback" not in said
    # In its very last moments Python leaves the signal to the system, which a shell calls 130 too.
    assert running.returncode in {0, 130, -signal.SIGINT}


def wait_for_state(root: Path) -> None:
    """Wait until a build has begun."""
    until((root / ".streamly/lock").exists)
    time.sleep(0.3)


def test_a_build_that_was_killed_stands_in_nobodys_way(tmp_path: Path) -> None:
    folder = large_site(tmp_path)
    with process(folder.root, "build", "--jobs", "2") as running:
        wait_for_state(tmp_path)
        running.kill()  # its pipes close only when its workers are gone, too
        running.communicate(timeout=PATIENCE)
    assert finished(folder.root, "build", "--jobs", "2").code == 0
    assert streamly(folder, "verify").code == 0
