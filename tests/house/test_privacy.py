"""Nothing that belongs on one machine, or nowhere, is under version control."""

import re

import pytest

from tests.support.house import ROOT, tracked

# Written in pieces, so that this file doesn't find itself.
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]
PRIVATE = {
    "a registry": re.compile("|".join(map(re.escape, HOSTS))),
    "a folder of one machine": re.compile(r"(?<![\w.~:/-])/(?:(?:work|root)/|(?:home|Users)/\w+/)"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a token": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|gh[opsu]_\w{36}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|sk-\w{32,})\b"
        r"|\beyJ[\w-]{20,}\.[\w-]{20,}\."
    ),
    "a password in an address": re.compile(r"://[^\s/:@\"'{]+:[^\s/:@\"'{]+@"),
}


def private(text: str) -> list[str]:
    """Return what *text* holds that belongs on one machine, or nowhere."""
    return [f"{what}: {found[0]}" for what, of in PRIVATE.items() if (found := of.search(text))]


def test_nothing_private_is_under_version_control() -> None:
    texts = ((path, path.read_bytes().decode("utf-8", "replace")) for path in tracked())
    found = {str(path.relative_to(ROOT)): private(text) for path, text in texts}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "text",
    [
        f"https://files.{HOSTS[1]}/a.whl",
        "see " + "/ro" + "ot/notes.txt",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "key = gh" + "p_" + "a" * 36,
        "redis://user:" + "secret@host/",
    ],
)
def test_what_is_private_is_noticed(text: str) -> None:
    assert len(private(text)) == 1
