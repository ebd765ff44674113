"""What a page costs, and what stands in it for those who never run a browser."""

import gzip
import re
from pathlib import Path

import pytest

from tests.support.demo import KINDS, small

POST = "posts/a-link-is-a-promise/index.html"


def packed(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 6, mtime=0)) for file in files)


def needed(demo: Path, page: str) -> list[Path]:
    """Return the styles and scripts that *page* loads."""
    html = (demo / page).read_text("utf-8")
    return [
        demo / url[1:] for url in re.findall(r'(?:src|href)="(/assets/[^"]+\.(?:css|js))"', html)
    ]


def test_a_post_weighs_less_than_thirty_kilobytes(demo: Path) -> None:
    assert len(needed(demo, POST)) == 3
    assert packed(demo / POST, *needed(demo, POST)) < 20_000


def test_scripts_weigh_less_than_two_kilobytes(demo: Path) -> None:
    scripts = [file for file in needed(demo, POST) if file.suffix == ".js"]
    assert len(scripts) == 2
    assert packed(*scripts) < 2_000


def test_all_scripts_together_weigh_less_than_eight_kilobytes(demo: Path) -> None:
    assert packed(*(demo / "assets").glob("*.js")) < 8_000


def test_what_the_service_adds_weighs_less_than_two_kilobytes(tmp_path: Path) -> None:
    site = small(tmp_path)
    script = site / next(
        file for file in needed(site, "posts/one/index.html") if "live" in file.name
    )
    assert packed(script) < 1_500


def test_fonts_weigh_less_than_a_picture(demo: Path) -> None:
    fonts = sorted((demo / "assets/fonts").glob("literata-*.woff2"))
    assert len(fonts) == 4
    assert sum(file.stat().st_size for file in fonts) < 85_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_holds_nothing_that_a_strict_policy_forbids(demo: Path, kind: str) -> None:
    path = KINDS[kind][1:]
    html = (demo / (f"{path}index.html" if path.endswith("/") or not path else path)).read_text()
    assert "<style" not in html
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", html)
