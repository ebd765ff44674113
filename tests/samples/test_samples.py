"""The samples do what they say, as far as the programs that they are for are on this machine."""

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path

import pytest

from interact_api.web.site.labels import POLICY
from tests.rebuild.storm import stack
from tests.support.house import ROOT
from tests.support.worksite import Worksite

SAMPLES = ROOT / "samples"
FOLDER, HOST = "/srv/example.org", "example.org"


def program(name: str) -> str:
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin")
    if found is None:
        pytest.skip(f"{name} isn't on this machine")
    return found


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        return int(door.getsockname()[1])


@contextmanager
def running(port: int, *command: str) -> Iterator[None]:
    """Run a web server until the block ends."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for _ in range(500):
            assert process.poll() is None, process.communicate()[0]
            with closing(socket.socket()) as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.communicate()


class Front:
    """A web server, as readers ask it."""

    def __init__(self, port: int, *, is_secure: bool) -> None:
        self._port = port
        self._is_secure = is_secure

    def get(self, path: str, host: str = HOST) -> tuple[HTTPResponse, str]:
        if self._is_secure:
            anybody = ssl._create_unverified_context()  # noqa: S323 - it's our own
            line: HTTPConnection = HTTPSConnection("127.0.0.1", self._port, context=anybody)
        else:
            line = HTTPConnection("127.0.0.1", self._port)
        with closing(line):
            line.request("GET", path, headers={"Host": host})
            answer = line.getresponse()
            return answer, answer.read().decode()


@contextmanager
def nginx(folder: Path) -> Iterator[tuple[Worksite, Front, Front]]:
    """Lend a site behind nginx: by https, and by http."""
    binary = program("nginx")
    with stack() as (site, service):
        assert site.run("--once").returncode == 0
        naked, secure = free_port(), free_port()
        key, certificate = folder / "key", folder / "certificate"
        wish = ["-nodes", "-subj", f"/CN={HOST}", "-keyout", str(key), "-out", str(certificate)]
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-days", "2", *wish]
        subprocess.run(made, check=True, capture_output=True)
        text = (SAMPLES / "nginx.conf").read_text()
        for old, new in (
            ("listen 80;", f"listen 127.0.0.1:{naked};"),
            ("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;"),
            ("127.0.0.1:8001", f"127.0.0.1:{service.port}"),
            (f"/etc/ssl/{HOST}.crt", str(certificate)),
            (f"/etc/ssl/{HOST}.key", str(key)),
            (FOLDER, str(site.folder.root)),
            ("$host;", f"127.0.0.1:{service.port};"),
        ):
            assert old in text, old
            text = text.replace(old, new)
        (folder / "site.conf").write_text(text)
        (folder / "nginx.conf").write_text(
            f"user root;\ndaemon off;\npid {folder}/pid;\nerror_log stderr;\n"
            "events {}\nhttp {\n    include /etc/nginx/mime.types;\n    access_log off;\n"
            f"    include {folder}/site.conf;\n}}\n"
        )
        with running(secure, binary, "-c", str(folder / "nginx.conf")):
            yield site, Front(secure, is_secure=True), Front(naked, is_secure=False)


def test_nginx_delivers_pages_and_hands_on_what_people_do(tmp_path: Path) -> None:
    with nginx(tmp_path) as (site, secure, naked):
        page, text = secure.get("/posts/a/")
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-cache")
        assert page.headers["Content-Security-Policy"] == POLICY
        asset = re.findall(r'href="(/assets/[^"]+)"', text)[0]
        assert "immutable" in secure.get(asset)[0].headers["Cache-Control"]
        assert secure.get("/api/v1/ready")[0].status == 200
        assert secure.get("/api/v1/ready")[0].headers.get_all("Cache-Control") == ["no-store"]
        lost, text = secure.get("/nothing/")
        assert (lost.status, "Not here" in text) == (404, True)
        assert secure.get("/_headers")[0].status == 404
        moved = naked.get("/posts/a/?x=1")[0]
        assert (moved.status, moved.headers["Location"]) == (301, f"https://{HOST}/posts/a/?x=1")
        site.like("ann", "a")
        assert site.run("--once").returncode == 0
        assert '<pre id="likes" title="1">' in secure.get("/posts/a/")[1]


def test_caddy_hands_everything_on(tmp_path: Path) -> None:
    binary = program("caddy")
    with stack() as (site, service):
        assert site.run("--once").returncode == 0
        port = free_port()
        text = (SAMPLES / "Caddyfile").read_text()
        text = text.replace(f"{HOST} {{", f"http://127.0.0.1:{port} {{")
        assert "127.0.0.1:8000" in text
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{service.port}")
        (tmp_path / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{text}")
        with running(port, binary, "run", "--config", str(tmp_path / "Caddyfile")):
            front = Front(port, is_secure=False)
            for path, status in (("/posts/a/", 200), ("/api/v1/ready", 200), ("/nothing/", 404)):
                assert front.get(path, f"127.0.0.1:{service.port}")[0].status == status, path


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    binary = program("systemd-analyze")
    text = (SAMPLES / "streamly.service").read_text()
    (tmp_path / "streamly.service").write_text(
        text.replace("/srv/streamly/bin/streamly", "/bin/true")
    )
    ran = subprocess.run(
        [binary, "verify", str(tmp_path / "streamly.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in ran.stderr.splitlines() if "streamly.service" in line] == []


def test_the_container_is_made_of_what_there_is() -> None:
    text = (SAMPLES / "Containerfile").read_text()
    copied = [
        name for line in re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE) for name in line.split()
    ]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_every_file_is_told_and_every_file_that_is_told_is_there() -> None:
    told = set(
        re.findall(r"`([\w.]+\.\w+|Caddyfile|Containerfile)`", (SAMPLES / "README.md").read_text())
    )
    there = {path.name for path in SAMPLES.iterdir()} - {"README.md"}
    assert there <= told
