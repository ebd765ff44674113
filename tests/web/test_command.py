"""`streamly api` before it answers anything: what keeps it from starting is told in one line."""

import socket
from pathlib import Path

import pytest

from tests.cli.running import streamly

SETTINGS = '[site]\nbase_url = "http://127.0.0.1:8000"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "streamly.toml").write_text(SETTINGS)
    return tmp_path


def test_a_port_that_is_taken_is_told(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ran = streamly(folder, "api", "--port", str(port))
    assert (ran.code, ran.out) == (3, "")
    assert f"127.0.0.1:{port} is taken by another program" in ran.err


def test_an_address_of_another_machine_is_told(folder: Path) -> None:
    ran = streamly(folder, "api", "--host", "192.0.2.1")
    assert ran.code == 3
    assert "is no address of this machine" in ran.err


def test_what_is_no_socket_is_told(folder: Path) -> None:
    ran = streamly(folder, "api", "--fd", "999")
    assert ran.code == 3
    assert "999 is no socket" in ran.err


def test_unsafe_settings_are_told_before_anything_listens(folder: Path) -> None:
    (folder / "streamly.toml").write_text(f'{SETTINGS}[service]\nenvironment = "production"\n')
    ran = streamly(folder, "api")
    assert ran.code == 2
    assert "production needs https" in ran.err
    assert not (folder / "var").exists()


@pytest.mark.parametrize("name", ["proxies", "metrics"])
def test_what_is_no_network_is_told_with_its_line(folder: Path, name: str) -> None:
    (folder / "streamly.toml").write_text(f'{SETTINGS}[service]\n{name} = ["10.0.0.0/8", "me"]\n')
    ran = streamly(folder, "api")
    assert ran.code == 2
    assert f'streamly.toml:4:1: SETTINGS "{name}" in [service] holds "me"' in ran.err
