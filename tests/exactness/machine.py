"""
The machine that looks for a stale byte.

Its rules change a blog in every way that authors, readers, clocks and accidents do. After each
change the site is built, and so is a copy of its sources in an empty folder. Both must give the
same tree, the same manifest, the same problems and the same exit code.
"""

import os
import shutil
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from streamly_ssg.api import Options, Site
from streamly_ssg.engine.store import Store
from streamly_ssg.pages import lots, themes
from tests.support.folder import fresh_folder
from tests.support.rebuild import NOW, Built, assert_same, build, clean_build, difference, told

from .blog import (
    ALTERNATIVES,
    BODIES,
    EDITABLE,
    FACTS,
    FIELDS,
    FILES,
    GIVEN,
    MOMENTS,
    PATHS,
    WRONG_LINES,
    Blog,
)

FIELD_VALUES = [(name, one) for name, values in FIELDS.items() for one in values]
SETTING_VALUES = [
    (section, key, one)
    for section, keys in ALTERNATIVES.items()
    for key, values in keys.items()
    for one in values
]
FILE_VALUES = [(path, one) for path, values in FILES.items() for one in (*values, None)]
FACT_VALUES = [(key, one) for key, values in FACTS.items() for one in (*values, None)]


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Return a strategy for a few values at once, so that each build has something to do."""
    return st.lists(strategy, min_size=1, max_size=3)


paths = st.sampled_from(PATHS)
fields = st.tuples(paths, st.sampled_from(FIELD_VALUES))


# So that ten documents are dealt like ten thousand.
FEW = {
    "IN_A_LOT": 2,
    "MOST_IN_A_LOT": 3,
    "IN_A_VOLUME": 2,
    "MOST_IN_A_VOLUME": 2,
    "COMMON": 2,
}

# The same theme is read thousands of times; what it says is a pure function of its bytes.
parsed_once = cache(themes._parsed)


class Killed(BaseException):
    """The process ends here."""


def die(_store: Store) -> None:
    """Die where a store would be committed."""
    raise Killed


class Exactness(RuleBasedStateMachine):
    """A blog, its folder, and what the last build left there."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = self.stack.enter_context(fresh_folder({}))
        self.stack.enter_context(patch.object(themes, "_parsed", parsed_once))
        for name, few in FEW.items():
            self.stack.enter_context(patch.object(lots, name, few))
        self.blog = Blog()
        self.on_disk: dict[str, bytes] = {}
        self.options = Options(now=NOW)
        self.site: Site | None = None
        self.is_kept = False
        self.pace = 1
        self.waited = 0
        self.pending = True
        self.only_facts = False
        self.quiet = False
        self.left: dict[str, str] = {}
        self.steps = 0

    @initialize(pace=st.sampled_from([1, 2, 4]), is_kept=st.booleans())
    def begin(self, *, pace: int, is_kept: bool) -> None:
        """Build after so many changes, in one process or in a new one each time."""
        self.pace, self.is_kept = pace, is_kept

    # What authors do

    @rule(given=some(st.tuples(paths, st.sampled_from(BODIES))))
    def edit_bodies(self, given: list[tuple[str, str]]) -> None:
        for path, body in given:
            fields, _ = self.blog.documents.get(path, ({}, ""))
            self.blog.documents[path] = (fields, body)
        self.changed()

    @rule(given=some(fields))
    def set_fields(self, given: list[tuple[str, tuple[str, Any]]]) -> None:
        for path, (name, one) in given:
            fields, body = self.blog.documents.get(path, ({}, "New\n"))
            self.blog.documents[path] = (fields | {name: one}, body)
        self.changed()

    @rule(path=paths, choice=st.integers(0, 9))
    def take_a_field_back(self, path: str, choice: int) -> None:
        fields, body = self.blog.documents.get(path, ({}, ""))
        names = sorted(fields)
        if names:
            gone = names[choice % len(names)]
            self.blog.documents[path] = (_with(fields, gone, None), body)
            self.changed()

    @rule(path=paths)
    def delete_a_document(self, path: str) -> None:
        if self.blog.documents.pop(path, None):
            self.changed()

    @rule(old=paths, new=paths)
    def rename_a_document(self, old: str, new: str) -> None:
        if old in self.blog.documents and new not in self.blog.documents:
            self.blog.documents[new] = self.blog.documents.pop(old)
            self.changed()

    @rule(one=paths, other=paths, name=st.sampled_from(["date", "slug", "id", "weight", "tags"]))
    def swap_a_field(self, one: str, other: str, name: str) -> None:
        documents = self.blog.documents
        if one in documents and other in documents:
            (mine, body), (theirs, text) = documents[one], documents[other]
            given = mine.get(name), theirs.get(name)
            documents[one] = (_with(mine, name, given[1]), body)
            documents[other] = (_with(theirs, name, given[0]), text)
            self.changed()

    @rule(given=some(st.sampled_from(FILE_VALUES)))
    def put_files(self, given: list[tuple[str, str | bytes | None]]) -> None:
        self.blog.files = _updated(self.blog.files, given)
        self.changed()

    @rule(path=st.sampled_from(EDITABLE))
    def edit_a_theme(self, path: str) -> None:
        self.blog.files[path] = str(self.blog.files.get(path, GIVEN[path])) + " "
        self.changed()

    @rule(path=st.sampled_from(EDITABLE))
    def remove_from_a_theme(self, path: str) -> None:
        self.blog.files.pop(path, None)
        self.changed()

    @rule(given=some(st.sampled_from(SETTING_VALUES)))
    def change_settings(self, given: list[tuple[str, str, Any]]) -> None:
        for section, key, one in given:
            self.blog.settings.setdefault(section, {})[key] = one
        self.changed()

    @rule(part=st.sampled_from(["documents", "settings", "files", "themes", "everything"]))
    def mend(self, part: str) -> None:
        new = Blog(facts=self.blog.facts)
        if part == "everything":
            self.blog = new
        elif part == "themes":
            kept = {k: v for k, v in self.blog.files.items() if not k.startswith("themes/")}
            self.blog.files = kept | {k: v for k, v in GIVEN.items() if k.startswith("themes/")}
        else:
            setattr(self.blog, part, getattr(new, part))
        self.changed()

    # What readers and operators do

    @rule(given=some(st.sampled_from(FACT_VALUES)), null=st.booleans())
    def tell_facts(self, given: list[tuple[str, Any]], *, null: bool) -> None:
        facts = self.blog.facts | dict(given)  # None is a null in the file
        self.blog.facts = facts if null else _updated(facts, [])
        self.changed(facts=True)

    @rule(line=st.sampled_from(["", *WRONG_LINES]))
    def write_a_wrong_fact(self, line: str) -> None:
        self.blog.wrong_line = line
        self.changed()

    @rule(
        option=st.one_of(
            st.tuples(st.just("now"), st.sampled_from(MOMENTS)),
            st.tuples(st.just("drafts"), st.sampled_from([None, True, False])),
            st.tuples(st.just("facts"), st.sampled_from(["", "none"])),
        )
    )
    def choose(self, option: tuple[str, Any]) -> None:
        self.options = replace(self.options, **dict([option]))
        self.changed()

    # What nobody is meant to notice

    @rule(path=paths)
    def edit_without_a_trace_in_size_and_mtime(self, path: str) -> None:
        fields, body = self.blog.documents.get(path, ({}, ""))
        full = self.folder / f"content/{path}"
        if body and full.exists() and not self.pending:
            before = full.stat()
            self.blog.documents[path] = (fields, body.translate(SWAPPED))
            self.write()
            if full.stat().st_size == before.st_size:
                os.utime(full, ns=(before.st_atime_ns, before.st_mtime_ns))
            self.changed()

    @rule(
        path=st.sampled_from(["content", "themes", "static", "data"]),
        moment=st.integers(0, 2**31),
    )
    def touch(self, path: str, moment: int) -> None:
        for full in (self.folder / path).rglob("*"):
            os.utime(full, (moment, moment))
        self.looked_at()

    @rule(
        how=st.sampled_from(["delete", "edit", "folder", "link", "all", "cache", "die", "restart"]),
        choice=st.integers(0, 10**6),
    )
    def have_an_accident(self, how: str, choice: int) -> None:
        if how == "restart":
            self.restart()
        elif how == "cache":
            self.restart()
            shutil.rmtree(self.folder / ".streamly", ignore_errors=True)
        elif how == "die":
            self.die_between_the_outputs_and_the_state()
        elif self.left:
            self.damage(how, self.folder / "public" / sorted(self.left)[choice % len(self.left)])
        self.left = self.folder.output()
        self.looked_at(quiet=how == "restart")

    def damage(self, how: str, full: Path) -> None:
        if how == "all":
            shutil.rmtree(self.folder / "public", ignore_errors=True)
            return
        if not full.is_file():
            return
        full.unlink()
        if how == "edit":
            full.write_text("by hand")
        elif how == "folder":
            (full / "in").mkdir(parents=True)
            (full / "in/file.txt").write_text("x")
        elif how == "link":
            full.symlink_to("index.html")

    def die_between_the_outputs_and_the_state(self) -> None:
        self.restart()
        self.write()
        with patch.object(Store, "commit", die), suppress(Killed):
            build(self.folder, self.options)

    # The claim

    @invariant()
    def the_output_is_that_of_a_clean_build(self) -> None:
        self.waited += 1
        if not self.pending or self.waited < self.pace:
            return
        self.write()
        self.pending, self.waited = False, 0
        self.steps += 1
        expected = clean_build(self.folder, self.options)
        found = self.build(expected)
        if is_nothing(expected):
            wrong = difference(found.output, self.left)
            assert not wrong, wrong
            assert found.exit_code == expected.exit_code, found.problems
            return
        assert_same(found, expected)
        self.left = found.output
        if self.quiet:
            assert found.made == frozenset(), found.reasons
        self.quiet = True

    def teardown(self) -> None:
        self.waited = self.pace
        try:
            self.the_output_is_that_of_a_clean_build()
        finally:
            self.restart()
            self.stack.close()

    # How

    def build(self, expected: Built) -> Built:
        if not self.is_kept:
            return build(self.folder, self.options)
        if self.site is None:
            self.site = Site(self.folder.root, self.options)
        site, site._options = self.site, self.options
        if self.only_facts and not is_nothing(expected):
            facts = told(self.folder, lambda: site.build_facts(site._source(time.time_ns())))
            wrong = difference(facts.output, expected.output)
            assert not wrong, wrong
        return build(self.folder, self.options, site)

    def write(self) -> None:
        """Put the blog onto the disk; only what differs is written."""
        wanted = self.blog.sources()
        for path in self.on_disk.keys() - wanted.keys():
            self.folder.remove(path)
        for path, text in wanted.items():
            if self.on_disk.get(path) != text:
                self.folder.write(path, text)
        self.on_disk = wanted

    def changed(self, *, facts: bool = False) -> None:
        self.only_facts = facts and (self.only_facts or not self.pending)
        self.pending, self.quiet = True, False

    def looked_at(self, *, quiet: bool = True) -> None:
        self.quiet = self.quiet and quiet and not self.pending
        self.only_facts = False
        self.pending = True

    def restart(self) -> None:
        if self.site is not None:
            self.site.close()
        self.site = None
        self.only_facts = False


SWAPPED = str.maketrans("abT", "baF")


def is_nothing(clean: Built) -> bool:
    """Tell whether nothing could be made at all; then what is there stays as it is."""
    return not clean.output


def _updated(values: dict[str, Any], given: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return *values* with those *given*; None takes one away."""
    merged = values | dict(given)
    return {key: one for key, one in merged.items() if one is not None}


def _with(fields: dict[str, Any], name: str, one: Any) -> dict[str, Any]:
    kept = {key: value for key, value in fields.items() if key != name}
    return kept if one is None else kept | {name: one}
