"""These tests can see: with one dependency left unrecorded, they find a stale byte."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from streamly_ssg.engine.digest import ABSENT
from streamly_ssg.engine.door import Door
from streamly_ssg.engine.key import Key, kind
from tests.support.folder import Change, fresh_folder
from tests.support.lean import document
from tests.support.rebuild import AT_NOW, assert_same, build, clean_build, facts

from .machine import Exactness
from .small import BLOG, LIKED, post
from .test_machine import WALK

Forgets = Callable[[Key, bytes], bool]
FOUND = r"differs|is missing|should not be there|TEMPLATE"  # in the tree, or of what is told
RULE_MARK = "hypothesis_stateful_rule"


def forgetful(forgets: Forgets) -> type[Door]:
    """Return a door that doesn't write down the keys that *forgets* names."""

    class ForgetfulDoor(Door):
        def __call__(self, key: Key) -> Any:
            value = super().__call__(key)
            self.forget(key)
            return value

        def encoded(self, key: Key) -> bytes:
            data = super().encoded(key)
            self.forget(key)
            return data

        def forget(self, key: Key) -> None:
            if key in self.passed and forgets(key, self.passed[key]):
                del self.passed[key]

    return ForgetfulDoor


def absent_templates(key: Key, digest: bytes) -> bool:
    """Tell whether a template was looked for that isn't there."""
    return kind(key) == "theme" and digest == ABSENT


def of(forgotten: str) -> Forgets:
    """Return what forgets one kind of keys, or one key."""
    return lambda key, _: forgotten in {key, kind(key)}


def only(*names: str) -> type[Exactness]:
    """Return the machine with only some of its rules: what they can't find is found by nobody."""
    rules = {name for name in dir(Exactness) if hasattr(getattr(Exactness, name), RULE_MARK)}
    assert rules >= set(names)
    return type("SomeRules", (Exactness,), dict.fromkeys(rules - set(names)))


WALKS: dict[str, tuple[Forgets, type[Exactness]]] = {
    "what a page shows of the interactions": (of("facts"), only("tell_facts", "touch")),
    "templates that aren't there": (absent_templates, only("put_files", "edit_bodies")),
    "which documents there are": (of("listing:content"), only("delete_a_document", "edit_bodies")),
    "the clock": (of("now:"), only("choose", "set_fields")),
    "one section of the settings": (of("config:feeds"), only("change_settings")),
    "what a person is called": (of("person"), only("set_fields", "edit_bodies")),
}


@pytest.mark.parametrize("forgotten", WALKS)
def test_some_rules_of_the_machine_find_out_when_this_is_not_written_down(forgotten: str) -> None:
    forgets, machine = WALKS[forgotten]
    door = patch("streamly_ssg.engine.build.Door", forgetful(forgets))
    seed(2)(machine)  # one that meets what it looks for early
    with door, pytest.raises(AssertionError, match=FOUND):
        run_state_machine_as_test(machine, settings=WALK)


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("forgotten", WALKS)
def test_the_machine_finds_out_when_this_is_not_written_down(forgotten: str) -> None:
    forgets, _ = WALKS[forgotten]
    look = settings(WALK, max_examples=2000)
    door = patch("streamly_ssg.engine.build.Door", forgetful(forgets))
    with door, pytest.raises(AssertionError):
        run_state_machine_as_test(Exactness, settings=look)


PAGE = {"content/pages/about.md": document("[a](../posts/a.md)", title="About", author="ada")}
ADA = {"content/authors/ada.md": document("Bio", title="Ada")}
TRAPS: dict[str, tuple[Forgets, Change]] = {
    "facts:": (of("facts"), {"facts.ndjson": LIKED}),
    "fact:": (of("fact"), {"facts.ndjson": facts(popular={"items": [{"page": "posts.a"}]})}),
    "fact-names:": (of("fact-names"), {"facts.ndjson": facts(profile={"mira": {"name": "M"}})}),
    "content:": (of("content"), {"content/posts/a.md": post("a", body="New\n")}),
    "static:": (of("static"), {"static/a.txt": "2"}),
    "data:": (of("data"), {"data/links.toml": "a = 2"}),
    "theme:": (of("theme"), {"themes/ground/templates/404.html": "new"}),
    "theme: that is absent": (absent_templates, {"themes/lean/templates/404.html": "new"}),
    "listing:content": (of("listing:content"), {"content/posts/d.md": post("d")}),
    "listing:data": (of("listing:data"), {"data/links/more.toml": "b = 1"}),
    "listing:static": (of("listing:static"), {"static/b.txt": "b"}),
    "listing:theme": (of("listing:theme"), {"themes/lean/assets/new.css": "b"}),
    "config:redirects": (of("config:redirects"), {"streamly.toml": BLOG["streamly.toml"]}),
    "place:": (of("place"), {"content/posts/a.md": post("a", slug="aleph")}),
    "route:": (of("route"), {"content/posts/a.md": post("a", date="2026-01-09")}),
    "teaser:": (of("teaser"), {"content/posts/a.md": post("a", title="Ah")}),
    "person:": (of("person"), {"content/authors/ada.md": document("Bio", title="Ada L.")}),
}


@pytest.mark.parametrize("key", TRAPS)
def test_a_trap_closes_when_this_is_not_written_down(key: str) -> None:
    forgets, change = TRAPS[key]
    given = {"static/a.txt": "1", "data/links.toml": "a = 1"}
    given["streamly.toml"] = f'{BLOG["streamly.toml"]!s}[redirects]\n"/x" = "/y"\n'
    with fresh_folder({**BLOG, **PAGE, **ADA, **given}) as folder:
        with patch("streamly_ssg.engine.build.Door", forgetful(forgets)):
            build(folder)
            folder.apply(change)
            found = build(folder)
        with pytest.raises(AssertionError):
            assert_same(found, clean_build(folder, AT_NOW))
