"""`streamly init` and `streamly new`: beginnings that build."""

import re
import stat
import tomllib
from pathlib import Path

import pytest

from tests.cli.running import NOW, site, streamly
from tests.house.test_documents import calls, unknown


def test_a_new_site_builds_and_has_nothing_to_complain_about(tmp_path: Path) -> None:
    assert streamly(tmp_path, "init", "new", "--yes", "--now", NOW).code == 0
    assert streamly(tmp_path / "new", "check").out == ""
    assert (tmp_path / "new/public/posts/hello/index.html").exists()


def test_the_answers_are_written_down(tmp_path: Path) -> None:
    answers = "The Well\nLena Ortiz\nhttps://well.example/blog\nde, en\n\nn\n"
    streamly(tmp_path, "init", "new", answers=answers)
    settings = (tmp_path / "new/streamly.toml").read_text()
    assert 'title = "The Well"' in settings
    assert 'author = "Lena Ortiz"' in settings
    assert 'base_url = "https://well.example/blog"' in settings
    assert 'language = "de"' in settings
    assert (tmp_path / "new/content/authors/lena-ortiz.md").exists()
    assert (tmp_path / "new/content/posts/hello.en.md").exists()


def test_an_answer_that_can_not_be_used_is_asked_for_again(tmp_path: Path) -> None:
    answers = "The Well\nLena Ortiz\nwell.example\nhttps://well.example\nen\n\nn\n"
    ran = streamly(tmp_path, "init", "new", answers=answers)
    assert '"well.example" is no address: write it as https://example.org' in ran.err
    assert 'base_url = "https://well.example"' in (tmp_path / "new/streamly.toml").read_text()


@pytest.mark.parametrize("languages", ["de", "en", "en, fr", "pt-BR"])
def test_what_its_settings_only_suggest_works_once_it_is_said(
    languages: str, tmp_path: Path
) -> None:
    answers = f"The Well\nLena\nhttps://well.example\n{languages}\n\nn\n"
    streamly(tmp_path, "init", "new", answers=answers)
    path = tmp_path / "new/streamly.toml"
    _, mark, suggested = path.read_text("utf-8").partition("# [languages.")
    said = re.sub("^# ?", "", mark + suggested, flags=re.MULTILINE)
    assert {"languages", "images", "search"} == tomllib.loads(said).keys()
    path.write_text(path.read_text("utf-8") + said, "utf-8")
    ran = streamly(tmp_path / "new", "build")
    assert (ran.code, ran.err) == (0, "")
    (code,) = tomllib.loads(said)["languages"]
    assert (tmp_path / f"new/public/{code.lower()}/index.html").exists()
    assert not (tmp_path / "new/public/search").exists()


@pytest.mark.parametrize("command", ["new post First", "check", "build", "publish"])
def test_the_commands_in_its_readme_work(command: str, tmp_path: Path) -> None:
    streamly(tmp_path, "init", "new", "--yes", "--now", NOW)
    assert f"streamly {command.removesuffix(' First')}" in (tmp_path / "new/README.md").read_text()
    streamly(tmp_path / "new", "build")
    assert streamly(tmp_path / "new", *command.split()).code == 0


@pytest.mark.parametrize("service", ["--service", "--no-service"])
def test_every_command_in_its_readme_exists(service: str, tmp_path: Path) -> None:
    streamly(tmp_path, "init", "new", "--yes", service)
    found = calls(tmp_path / "new/README.md", "streamly")
    assert len(found) >= 5
    assert [words for words in found if unknown(words)] == []


def test_with_the_service_pages_have_forms_for_it(tmp_path: Path) -> None:
    streamly(tmp_path, "init", "new", "--yes", "--service", "--now", NOW)
    assert streamly(tmp_path / "new", "check").out == ""
    post = (tmp_path / "new/public/posts/hello/index.html").read_text("utf-8")
    assert 'action="/api/v1/pages/posts.hello/comments"' in post


@pytest.mark.parametrize(
    ("language", "said"), [("de", "Hallo"), ("fr-CA", "Bonjour"), ("nl", "Hello")]
)
def test_it_begins_in_the_language_of_its_author(language: str, said: str, tmp_path: Path) -> None:
    streamly(tmp_path, "init", "new", "--yes", "--languages", language, "--now", NOW)
    assert f'title: "{said}"' in (tmp_path / "new/content/posts/hello.md").read_text("utf-8")
    assert streamly(tmp_path / "new", "check", "--strict").code == 0


def test_a_folder_that_can_not_be_made_is_no_mistake_of_ours() -> None:
    ran = streamly(Path("/proc"), "init", "new", "--yes")
    assert (ran.code, "INIT can't be made" in ran.err) == (3, True)


def test_an_option_is_an_answer(tmp_path: Path) -> None:
    ran = streamly(tmp_path, "init", "new", "--title", 'A "quoted" title', answers="\n" * 5)
    assert "Title of the site" not in ran.err
    assert '"A \\"quoted\\" title"' in (tmp_path / "new/streamly.toml").read_text()
    assert streamly(tmp_path / "new", "build").code == 0


@pytest.mark.parametrize("languages", ["en,de", "no,pt-BR"])
def test_the_first_post_speaks_each_language(languages: str, tmp_path: Path) -> None:
    streamly(tmp_path, "init", "new", "--yes", "--languages", languages, "--now", NOW)
    assert streamly(tmp_path / "new", "build", "--strict").code == 0
    other = languages.partition(",")[2]
    assert f'lang="{other}"' in (
        tmp_path / f"new/public/posts/hello-{other.lower()}/index.html"
    ).read_text("utf-8")


def test_with_the_service_there_is_a_secret_for_nobody_else(tmp_path: Path) -> None:
    streamly(tmp_path, "init", "one", "--yes", "--service")
    streamly(tmp_path, "init", "two", "--yes", "--service")
    secret = tmp_path / "one/var/secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(secret.read_text().strip()) >= 64
    assert secret.read_text() != (tmp_path / "two/var/secret").read_text()
    assert "var/" in (tmp_path / "one/.gitignore").read_text().splitlines()


def test_without_the_service_there_is_neither_secret_nor_discussion(tmp_path: Path) -> None:
    streamly(tmp_path, "init", "new", "--yes", "--now", NOW)
    assert not (tmp_path / "new/var").exists()
    streamly(tmp_path / "new", "build")
    assert "No comments yet" not in (tmp_path / "new/public/posts/hello/index.html").read_text()


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("precious")
    ran = streamly(tmp_path, "init", "--yes")
    assert ran.code == 2
    assert "INIT is not empty" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_a_fresh_repository_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert streamly(tmp_path, "init", "--yes").code == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--base-url", "example.org"),
        ("--languages", "english, deutsch"),
        ("--theme", "defualt"),
        ("--title", " "),
        ("--author", "a\nb"),
    ],
)
def test_an_answer_that_could_not_be_built_is_refused(
    option: str, value: str, tmp_path: Path
) -> None:
    ran = streamly(tmp_path, "init", "new", "--yes", option, value)
    assert ran.code == 2
    assert option in ran.err
    assert not (tmp_path / "new").exists()


def test_a_question_that_nobody_answers_makes_nothing(tmp_path: Path) -> None:
    assert streamly(tmp_path, "init", "new", answers="Only a title\n").code == 130
    assert not (tmp_path / "new").exists()


# new


def test_a_new_post_has_title_date_and_id(tmp_path: Path) -> None:
    folder = site(tmp_path)
    ran = streamly(folder, "new", "post", 'The well: "behind" the house', "--now", NOW)
    assert ran.out == "content/posts/the-well-behind-the-house.md\n"
    assert folder.read(ran.out.strip()) == (
        "---\n"
        'title: "The well: \\"behind\\" the house"\n'
        "id: posts.the-well-behind-the-house\n"
        "date: 2026-03-01T12:00:00+00:00\n"
        "---\n\n"
    )


@pytest.mark.parametrize("kind", ["post", "page", "note", "author", "category"])
def test_whatever_is_new_builds(kind: str, tmp_path: Path) -> None:
    folder = site(tmp_path)
    assert streamly(folder, "new", kind, "Something: new #1", "--now", NOW).code == 0
    assert streamly(folder, "build").code == 0


def test_a_note_begins_with_its_text(tmp_path: Path) -> None:
    folder = site(tmp_path)
    path = streamly(folder, "new", "note", "First snow", "--now", NOW).out.strip()
    assert folder.read(path).endswith("---\n\nFirst snow\n")


def test_the_only_author_is_the_author(tmp_path: Path) -> None:
    folder = site(tmp_path)
    streamly(folder, "new", "author", "Lena Ortiz")
    assert "author: lena-ortiz\n" in folder.read(streamly(folder, "new", "post", "A").out.strip())
    streamly(folder, "new", "author", "Mo")
    assert "author:" not in folder.read(streamly(folder, "new", "post", "B").out.strip())


def test_the_date_is_in_the_zone_of_the_site(tmp_path: Path) -> None:
    folder = site(tmp_path, {"streamly.toml": '[site]\ntimezone = "Europe/Berlin"\n'})
    path = streamly(folder, "new", "post", "A", "--now", NOW).out.strip()
    assert "date: 2026-03-01T13:00:00+01:00\n" in folder.read(path)


def test_a_draft_stays_out(tmp_path: Path) -> None:
    folder = site(tmp_path)
    streamly(folder, "new", "post", "A", "--draft", "--now", NOW)
    streamly(folder, "build")
    assert not (folder / "public/posts/a/index.html").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = site(tmp_path)
    before = folder.read("content/posts/first.md")
    ran = streamly(folder, "new", "post", "First")
    assert ran.code == 2
    assert "content/posts/first.md: NEW exists already" in ran.err
    assert folder.read("content/posts/first.md") == before


@pytest.mark.parametrize("slug", ["../escaped", "a/b", "con", ""])
def test_a_slug_that_is_no_name_is_refused(slug: str, tmp_path: Path) -> None:
    assert streamly(site(tmp_path), "new", "post", "A", "--slug", slug).code == 2


@pytest.mark.parametrize("title", ["", "  ", "a\x1bb"])
def test_a_title_that_nobody_can_read_is_refused(title: str, tmp_path: Path) -> None:
    assert streamly(site(tmp_path), "new", "post", title).code == 2


def test_a_title_in_any_script_gives_a_file(tmp_path: Path) -> None:
    folder = site(tmp_path)
    assert streamly(folder, "new", "post", "日本語", "--now", NOW).code == 0
    assert streamly(folder, "build").code == 0
