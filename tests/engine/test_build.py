"""
A build does what changed, and nothing else.

The rules here know nothing of sites. A text is a recipe: its words are keys, and what they give is
put together. So a test can say in one line what a file is made of.
"""

import json
import os
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from streamly_ssg.engine import digest
from streamly_ssg.engine.build import DAMAGED, NEW, Build
from streamly_ssg.engine.crew import Executor
from streamly_ssg.engine.key import Key, kind, make, name
from streamly_ssg.engine.memory import Memory
from streamly_ssg.engine.outcome import Outcome
from streamly_ssg.engine.output import Output
from streamly_ssg.engine.rule import Codec, Fetch, Rule, Rules, Table, Work
from streamly_ssg.engine.store import Store
from streamly_ssg.errors import ContentError, SystemProblem, problem

FILES = make("files")
NOBODY = b"(nothing)"
JSON = Codec(lambda value: json.dumps(value).encode(), json.loads)


class Stubborn(Exception):
    """An error that can be packed for the way to another process, and not unpacked."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def shout(text: bytes) -> bytes:
    """Do what a work does, in this process or another."""
    if text == b"die":
        os._exit(1)
    if text == b"stumble":
        raise Stubborn("it", "stumbled")
    if text == b"wrong":
        raise ContentError(problem("TOY", "is wrong", path="toy"))
    if text == b"full":
        raise SystemProblem(problem("TOY", "is full"))
    return text.upper()


def read(name: str, fetch: Fetch) -> bytes:
    """Return a text as a recipe asks for it."""
    found = fetch(make("text", name))
    if found == b"wrong":
        raise ContentError(problem("TOY", "is wrong", path=name))
    return NOBODY if found is None else bytes(found)


def cook(name: str, fetch: Fetch) -> bytes:
    """Follow the recipe *name*: ``=KEY`` asks for bytes as they are stored."""
    words = read(name, fetch).decode().split()
    given = [fetch.encoded(Key(word[1:])) if word[0] == "=" else fetch(Key(word)) for word in words]
    return b" ".join(NOBODY if value is None else value for value in given)


def rows(name: str, fetch: Fetch) -> Table:
    """Return a table whose parts are the words ``key=value`` of a text."""
    pairs = (word.split(b"=") for word in read(name, fetch).split())
    part = "cell" if name == "wide" else "part"
    return Table({make(part, key.decode()): value for key, value in pairs})


def together(name: str, fetch: Fetch) -> bytes:
    """Return what all works named in a text give."""
    words = read(name, fetch).decode().split()
    return b" ".join(fetch.many(make("work", word) for word in words))


RULES: Rules = {
    "files": Rule(lambda _name, fetch: read("files", fetch).decode().split(), codec=JSON),
    "file": Rule(cook, file=True),
    "trim": Rule(lambda name, fetch: read(name, fetch).strip()),
    "hot": Rule(lambda name, fetch: read(name, fetch).strip(), hot=True),
    "recipe": Rule(cook),
    "list": Rule(lambda name, fetch: read(name, fetch).decode().split(), codec=JSON),
    "work": Rule(lambda name, fetch: Work(shout, (read(name, fetch),))),
    "together": Rule(together),
    "table": Rule(rows),
    "part": Rule(owner=lambda _name: make("table", "narrow")),
    "wide": Rule(rows, wide=1),
    "cell": Rule(owner=lambda _name: make("wide", "wide")),
}


@dataclass
class Toy:
    """Texts, and what builds made of them; each build begins with what lies on disk."""

    folder: Path
    rules: Rules = field(default_factory=lambda: RULES)
    executor: Executor | None = None
    texts: dict[str, bytes] = field(default_factory=dict)
    told: dict[str, bytes] = field(default_factory=dict)
    retry: set[Key] = field(default_factory=set)
    removed: list[str] = field(default_factory=list)
    progress: list[tuple[int, int | None]] = field(default_factory=list)

    def look(self, key: Key) -> tuple[bytes, Any]:
        text = self.texts.get(name(key)) if kind(key) == "text" else None
        return (digest.ABSENT, None) if text is None else (digest.of(text), text)

    def build(self, **changes: bytes | None) -> Outcome:
        """Change texts (None deletes one), and build."""
        for path, text in changes.items():
            self.texts.pop(path, None)
            if text is not None:
                self.texts[path] = text
        with closing(Store(self.folder / "state.db", "1")) as store:
            return self._run(store, self._news())

    def _news(self) -> set[Key]:
        known = self.texts.keys() | self.told.keys()
        return {make("text", n) for n in known if self.texts.get(n) != self.told.get(n)}

    def _run(self, store: Store, news: set[Key]) -> Outcome:
        shelves = store.shelf("outputs"), self.folder / "writing", store.shelf("beside")
        output = Output(self.folder / "out", *shelves)
        self.progress.clear()
        build = Build(
            self.rules,
            self,
            Memory(store),
            output,
            executor=self.executor,
            progress=lambda done, total: self.progress.append((done, total)),
        )
        outcome = build.run(FILES, news, retry=self.retry, damaged=output.damaged())
        store.commit()
        output.finish()
        self.told, self.retry, self.removed = dict(self.texts), outcome.retry, output.removed
        return outcome

    def tree(self) -> dict[str, bytes]:
        """Return every file of the output tree."""
        root = self.folder / "out"
        found = (path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path)


def files(ran: Iterable[Key]) -> set[str]:
    """Return the paths of the files among *ran*."""
    return {name(key) for key in ran if kind(key) == "file"}


def test_a_first_build_makes_every_file(toy: Toy) -> None:
    toy.build(files=b"p q/r", p=b"trim:a", a=b"A", **{"q/r": b"text:a text:a"})
    assert toy.tree() == {"p": b"A", "q/r": b"A A"}


def test_what_runs_for_the_first_time_is_new(toy: Toy) -> None:
    assert toy.build(files=b"p", p=b"text:a", a=b"A").ran == {FILES: NEW, Key("file:p"): NEW}


def test_progress_has_a_total_once_the_files_are_known(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"trim:a", q=b"trim:a", a=b"A")
    assert toy.progress == [(1, None), (1, 2), (2, 2)]


def test_a_file_that_is_kept_or_fails_counts_as_done(toy: Toy) -> None:
    toy.build(files=b"p q r", p=b"trim:a", q=b"text:b", r=b"trim:a", a=b"A", b=b"B")
    toy.build(a=b" A ", b=b"wrong")
    assert toy.progress[-1] == (3, 3)


def test_nothing_runs_if_nothing_changed(toy: Toy) -> None:
    toy.build(files=b"p", p=b"trim:a", a=b"A")
    assert toy.build().ran == {}


def test_a_task_that_read_a_change_says_so(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"text:a", q=b"text:b", a=b"A", b=b"B")
    assert toy.build(a=b"AA").ran == {Key("file:p"): "text:a changed"}


def test_a_change_goes_through_what_lies_between(toy: Toy) -> None:
    toy.build(files=b"p", p=b"recipe:r", r=b"trim:a", a=b"A")
    toy.build(a=b"AA")
    assert toy.tree() == {"p": b"AA"}


def test_a_change_that_makes_no_difference_goes_no_further(toy: Toy) -> None:
    toy.build(files=b"p", p=b"trim:a", a=b"A")
    assert toy.build(a=b" A ").ran == {Key("trim:a"): "text:a changed"}


def test_a_change_that_was_taken_back_runs_nothing(toy: Toy) -> None:
    toy.build(files=b"p", p=b"trim:a", a=b"A")
    toy.retry = {make("text", "a")}
    assert toy.build().ran == {}


def test_what_appears_is_noticed_by_who_looked_in_vain(toy: Toy) -> None:
    toy.build(files=b"p", p=b"text:a")
    toy.build(a=b"A")
    assert toy.tree() == {"p": b"A"}


def test_what_disappears_is_noticed(toy: Toy) -> None:
    toy.build(files=b"p", p=b"text:a", a=b"A")
    toy.build(a=None)
    assert toy.tree() == {"p": NOBODY}


def test_what_a_task_reads_no_longer_doesnt_concern_it(toy: Toy) -> None:
    toy.build(files=b"p", p=b"text:a", a=b"A", b=b"B")
    toy.build(p=b"text:b")
    assert toy.build(a=b"AA").ran == {}


def test_what_a_task_began_to_read_concerns_it(toy: Toy) -> None:
    toy.build(files=b"p", p=b"text:a", a=b"A", b=b"B")
    toy.build(p=b"text:b")
    toy.build(b=b"BB")
    assert toy.tree() == {"p": b"BB"}


def test_what_nobody_asks_for_doesnt_run(toy: Toy) -> None:
    toy.build(files=b"p", p=b"trim:a", a=b"A", b=b"B")
    toy.build(p=b"text:b")
    assert toy.build(a=b"AA").ran == {}


def test_what_nobody_asked_for_is_not_stale_when_somebody_does(toy: Toy) -> None:
    toy.build(files=b"p", p=b"trim:a", a=b"A", b=b"B")
    toy.build(p=b"text:b")
    toy.build(a=b"AA")
    toy.build(p=b"trim:a")
    assert toy.tree() == {"p": b"AA"}


@pytest.mark.parametrize(("table", "part"), [("narrow", "part"), ("wide", "cell")])
class TestTables:
    """What holds for every table: a narrow one, and a wide one."""

    def start(self, toy: Toy, table: str, part: str) -> None:
        """Build two files, each with a part of its own."""
        recipes = {"p": f"{part}:x", "q": f"{part}:y"}
        toy.texts |= {path: text.encode() for path, text in recipes.items()}
        toy.texts |= {"files": b"p q", table: b"x=1 y=1"}
        toy.build()

    def test_each_file_gets_its_part(self, toy: Toy, table: str, part: str) -> None:
        self.start(toy, table, part)
        assert toy.tree() == {"p": b"1", "q": b"1"}

    def test_who_read_another_part_is_kept(self, toy: Toy, table: str, part: str) -> None:
        self.start(toy, table, part)
        assert files(toy.build(**{table: b"x=2 y=1"}).ran) == {"p"}

    def test_a_part_that_changed_is_told(self, toy: Toy, table: str, part: str) -> None:
        self.start(toy, table, part)
        assert toy.build(**{table: b"x=2 y=1"}).parts == [make(part, "x")]

    def test_a_part_that_changed_arrives(self, toy: Toy, table: str, part: str) -> None:
        self.start(toy, table, part)
        toy.build(**{table: b"x=2 y=1"})
        assert toy.tree() == {"p": b"2", "q": b"1"}

    def test_a_part_that_went_is_noticed(self, toy: Toy, table: str, part: str) -> None:
        self.start(toy, table, part)
        toy.build(**{table: b"y=1"})
        assert toy.tree() == {"p": NOBODY, "q": b"1"}

    def test_a_part_that_nobody_reads_disturbs_nobody(
        self, toy: Toy, table: str, part: str
    ) -> None:
        self.start(toy, table, part)
        assert files(toy.build(**{table: b"x=1 y=1 z=1"}).ran) == set()

    def test_a_table_that_was_mended_brings_its_readers_back(
        self, toy: Toy, table: str, part: str
    ) -> None:
        self.start(toy, table, part)
        toy.build(**{table: b"wrong"})
        toy.build(**{table: b"x=1 y=3"})
        assert toy.tree() == {"p": b"1", "q": b"3"}


def test_a_narrow_table_that_fails_takes_its_readers_along(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"part:x", q=b"text:a", a=b"A", narrow=b"x=1")
    toy.build(narrow=b"wrong")
    assert toy.tree() == {"q": b"A"}


def test_a_part_that_came_back_into_a_wide_table_is_noticed(toy: Toy) -> None:
    toy.build(files=b"p", p=b"cell:x", wide=b"x=1 y=1")
    toy.build(wide=b"y=1")
    toy.build(wide=b"x=1 y=1")
    assert toy.tree() == {"p": b"1"}


def test_a_change_in_a_wide_table_doubts_only_the_readers_of_what_changed(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"cell:x", q=b"cell:y", wide=b"x=1 y=1")
    toy.build(wide=b"x=2 y=1")
    assert toy.progress[-1] == (1, 1)


def test_something_that_needs_itself_fails_with_those_it_needs(toy: Toy) -> None:
    outcome = toy.build(files=b"p", p=b"recipe:a", a=b"recipe:b", b=b"recipe:a")
    assert set(outcome.failed) == {"file:p", "recipe:a", "recipe:b"}


def test_a_cycle_is_a_mistake_of_the_content(toy: Toy) -> None:
    assert toy.build(files=b"p", p=b"recipe:a", a=b"recipe:a").exit_code == 1


def test_a_cycle_doesnt_stop_others(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"recipe:a", a=b"recipe:a", q=b"text:b", b=b"B")
    assert toy.tree() == {"q": b"B"}


def test_a_cycle_that_was_cut_is_forgotten(toy: Toy) -> None:
    toy.build(files=b"p", p=b"recipe:a", a=b"recipe:b", b=b"recipe:a")
    toy.build(b=b"text:c", c=b"C")
    assert toy.tree() == {"p": b"C"}


def test_a_task_that_fails_doesnt_stop_others(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"trim:a", a=b"wrong", q=b"text:b", b=b"B")
    assert toy.tree() == {"q": b"B"}


def test_what_is_wrong_is_told_once(toy: Toy) -> None:
    failed = toy.build(files=b"p q", p=b"trim:a", q=b"trim:a", a=b"wrong").failed
    assert [str(told) for problems in failed.values() for told in problems] == ["a: TOY is wrong"]


def test_the_file_of_a_task_that_fails_is_removed(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"trim:a", a=b"A", q=b"text:b", b=b"B")
    toy.build(a=b"wrong")
    assert toy.tree() == {"q": b"B"}


def test_a_task_that_failed_is_tried_again(toy: Toy) -> None:
    toy.build(files=b"p", p=b"trim:a", a=b"wrong")
    assert "trim:a" in toy.build().failed


def test_a_task_that_failed_is_mended_later(toy: Toy) -> None:
    toy.build(files=b"p", p=b"trim:a", a=b"wrong")
    toy.build(b=b"something else")
    toy.build(a=b"A")
    assert toy.tree() == {"p": b"A"}


def test_after_mending_nothing_is_left_to_do(toy: Toy) -> None:
    toy.build(files=b"p", p=b"trim:a", a=b"wrong")
    toy.build(a=b"A")
    assert toy.build().ran == {}


def test_a_mistake_of_ours_is_no_mistake_of_the_content(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"list:a", a=b"A", q=b"text:b", b=b"B")
    assert toy.tree() == {"q": b"B"}


def test_a_mistake_of_ours_is_told_as_one(toy: Toy) -> None:
    (told,) = toy.build(files=b"p", p=b"list:a", a=b"A").failed[Key("file:p")]
    assert told.code == "BUG"


def test_a_problem_of_the_machine_stops_the_build(toy: Toy) -> None:
    with pytest.raises(SystemProblem, match="is full"):
        toy.build(files=b"p", p=b"work:a", a=b"full")


def test_a_deleted_file_is_made_again(toy: Toy) -> None:
    toy.build(files=b"p", p=b"text:a", a=b"A")
    (toy.folder / "out/p").unlink()
    toy.build()
    assert toy.tree() == {"p": b"A"}


def test_an_edited_file_is_made_again(toy: Toy) -> None:
    toy.build(files=b"p", p=b"text:a", a=b"A")
    (toy.folder / "out/p").write_bytes(b"edited by hand")
    toy.build()
    assert toy.tree() == {"p": b"A"}


def test_a_damaged_file_is_the_only_one_that_is_made_again(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"text:a", q=b"trim:a", a=b"A")
    (toy.folder / "out/p").unlink()
    assert toy.build().ran == {Key("file:p"): DAMAGED}


def test_a_new_path_is_made(toy: Toy) -> None:
    toy.build(files=b"p", p=b"text:a", q=b"text:a", a=b"A")
    assert files(toy.build(files=b"p q").ran) == {"q"}


def test_a_path_that_is_wanted_no_longer_is_removed(toy: Toy) -> None:
    toy.build(files=b"p q/r", p=b"text:a", a=b"A", **{"q/r": b"text:a"})
    toy.build(files=b"p")
    assert (toy.removed, toy.tree()) == (["q/r"], {"p": b"A"})


def test_a_path_that_is_wanted_again_is_made_of_what_is_there_now(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"text:a", q=b"text:a", a=b"A")
    toy.build(files=b"p")
    toy.build(a=b"AA")
    toy.build(files=b"p q")
    assert toy.tree() == {"p": b"AA", "q": b"AA"}


def test_a_file_becomes_a_folder(toy: Toy) -> None:
    toy.build(files=b"p", p=b"text:a", a=b"A", **{"p/q": b"text:a"})
    toy.build(files=b"p/q")
    assert toy.tree() == {"p/q": b"A"}


def test_a_folder_becomes_a_file(toy: Toy) -> None:
    toy.build(files=b"p/q", p=b"text:a", a=b"A", **{"p/q": b"text:a"})
    toy.build(files=b"p")
    assert toy.tree() == {"p": b"A"}


def test_a_path_that_the_file_system_cant_hold_fails_alone(toy: Toy) -> None:
    toy.build(files=b"p " + b"x" * 300, p=b"text:a", a=b"A")
    assert toy.tree() == {"p": b"A"}


def test_without_a_list_of_files_all_are_left_alone(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"text:a", q=b"trim:a", a=b"A")
    toy.build(files=b"wrong", a=b"AA")
    assert toy.tree() == {"p": b"A", "q": b"A"}


def test_news_that_nobody_could_act_on_are_told_again(toy: Toy) -> None:
    toy.build(files=b"p q", p=b"text:a", q=b"trim:a", a=b"A")
    toy.build(files=b"wrong", a=b"AA")
    toy.build(files=b"p q")
    assert toy.tree() == {"p": b"AA", "q": b"AA"}


def test_news_are_told_until_somebody_can_act(toy: Toy) -> None:
    toy.build(files=b"p", p=b"text:a", a=b"A")
    toy.build(files=b"wrong", a=b"AA")
    toy.build(b=b"B")
    toy.build(files=b"p")
    assert toy.tree() == {"p": b"AA"}


def test_a_task_can_ask_for_the_bytes_of_a_value(toy: Toy) -> None:
    toy.build(files=b"p", p=b"=list:a", a=b"x y")
    assert toy.tree() == {"p": b'["x", "y"]'}


def test_who_asked_for_bytes_notices_when_they_change(toy: Toy) -> None:
    toy.build(files=b"p", p=b"=list:a", a=b"x y")
    toy.build(a=b"x z")
    assert toy.tree() == {"p": b'["x", "z"]'}


def test_who_asked_for_bytes_is_kept_if_they_stay_the_same(toy: Toy) -> None:
    toy.build(files=b"p", p=b"=list:a", a=b"x y")
    assert files(toy.build(a=b"x  y").ran) == set()


def test_a_hot_value_is_decoded_once(toy: Toy) -> None:
    decoded: list[bytes] = []

    def decode(data: bytes) -> bytes:
        decoded.append(data)
        return data

    codec = Codec(bytes, decode)
    toy.rules = {**RULES, "hot": Rule(RULES["hot"].task, codec=codec, hot=True)}
    toy.build(files=b"p q", p=b"hot:a hot:a", q=b"hot:a", a=b"A")
    assert decoded == [b"A"]


def test_a_work_gives_what_its_function_returns(toy: Toy) -> None:
    toy.build(files=b"p", p=b"work:a", a=b"loud")
    assert toy.tree() == {"p": b"LOUD"}


def test_a_task_waits_for_one_work_after_another(toy: Toy) -> None:
    toy.build(files=b"p", p=b"work:a work:b work:a", a=b"one", b=b"two")
    assert toy.tree() == {"p": b"ONE TWO ONE"}


def test_the_time_that_a_work_took_is_told(toy: Toy) -> None:
    begun = time.perf_counter()
    seconds = toy.build(files=b"p", p=b"work:a", a=b"loud").seconds[Key("work:a")]
    assert 0 < seconds < time.perf_counter() - begun


def test_many_values_come_in_the_order_in_which_they_were_asked_for(toy: Toy) -> None:
    toy.build(files=b"p", p=b"together:t", t=b"b a b", a=b"one", b=b"two")
    assert toy.tree() == {"p": b"TWO ONE TWO"}


def test_a_build_after_a_change_gives_what_a_first_build_gives(toy: Toy, tmp_path: Path) -> None:
    toy.build(files=b"p q", p=b"part:x recipe:r", q=b"work:a", r=b"trim:a", a=b"A", narrow=b"x=1")
    toy.build(r=b"trim:a cell:y", wide=b"y=7", a=b"AA", narrow=b"x=2")
    (tmp_path / "first").mkdir()
    first = Toy(tmp_path / "first", texts=toy.texts)
    first.build()
    assert toy.tree() == first.tree() == {"p": b"2 AA 7", "q": b"AA"}
