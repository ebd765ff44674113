"""Drawings in SVG: their size, and that nothing in them runs."""

import pytest

from streamly_ssg.images.refusing import Refused
from streamly_ssg.images.vectors import examine
from tests.support.house import ROOT


def svg(attributes: str = "", inner: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inner}</svg>'.encode()


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 120 60"', (120, 60)),
        ('viewBox="0,0,120.4,60"', (120, 60)),
        ('width="30px" height="20" viewBox="0 0 120 60"', (30, 20)),
        ('width="100%" height="100%" viewBox="0 0 120 60"', (120, 60)),
        ('viewBox="0 0 none"', (0, 0)),
        ('viewBox="0 0 0 0"', (0, 0)),
        ('viewBox="0 0 1e999 5"', (0, 0)),
        ("", (0, 0)),
    ],
)
def test_a_drawing_is_as_large_as_it_says(attributes: str, size: tuple[int, int]) -> None:
    assert examine(svg(attributes)) == size


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        '<g onload="alert(1)"/>',
        '<a href="javascript:alert(1)"/>',
        '<a xmlns:x="http://www.w3.org/1999/xlink" x:href=" JavaScript:alert(1)"/>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<use href="data:text/html,hello"/>',
        "<foreignObject><p/></foreignObject>",
    ],
)
def test_what_could_run_is_refused(inner: str) -> None:
    with pytest.raises(Refused, match="could run"):
        examine(svg(inner=inner))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no drawing",
        b"<html><svg/></html>",
        b"<svg><g></svg>",
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>',
        svg(inner="<g/>" * 1_100_000),
    ],
    ids=range(6),
)
def test_what_is_no_drawing_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        examine(data)


@pytest.mark.parametrize("path", sorted(ROOT.glob("static/images/**/*.svg")), ids=lambda p: p.stem)
def test_the_drawings_of_the_demo_site_pass(path: object) -> None:
    assert min(examine(path.read_bytes())) > 0  # type: ignore[attr-defined]
