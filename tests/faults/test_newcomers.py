"""Folders of other generators: a site at the first try, or an error that says what to change."""

import re

import pytest

from tests.support.folder import Folder, fresh_folder
from tests.support.process import NOW, streamly

FILES = {
    "plain": "# A plain post\n\nJust text.\n",
    "yaml": "---\ntitle: With YAML\ndate: 2025-03-04\ntags: [one, two]\n---\n\nText.\n",
    "jekyll": '---\nlayout: post\ntitle:  "Welcome!"\ndate:   2015-11-17 16:16:01 -0600\n'
    "categories: jekyll update\n---\nText and `code`.\n",
    "hugo": "+++\ntitle = 'From Hugo'\ndate = 2024-05-06T07:08:09+02:00\ndraft = false\n"
    "tags = ['one', 'two']\nlastmod = 2024-06-01\n+++\n\nText.\n",
    "windows": "\ufeff---\r\ntitle: CRLF\r\n---\r\nText\r\n",
    "page": "---\ntitle: About\n---\n\nAbout us.\n",
}


def made(sources: dict[str, str]) -> dict[str, str]:
    """Build *sources*, which must succeed; return the texts of the pages by address."""
    with fresh_folder(sources) as folder:
        done = streamly(folder, "build", "--now", NOW, "--jobs", "1")
        assert done.returncode == 0, done.stderr
        return pages(folder)


def pages(folder: Folder) -> dict[str, str]:
    """Return the texts of the pages by address."""
    found = (folder / "public").rglob("index.html")
    top = folder / "public"
    return {
        f"/{path.parent.relative_to(top)}/".replace("/./", "/"): path.read_text() for path in found
    }


@pytest.mark.parametrize(
    ("path", "text", "url", "title"),
    [
        ("content/posts/my-first_post.md", FILES["plain"], "/posts/my-first-post/", "A plain post"),
        ("content/posts/empty.md", "", "/posts/empty/", "Empty"),
        ("content/posts/hello.md", FILES["yaml"], "/posts/hello/", "With YAML"),
        ("content/_posts/2015-11-17-welcome.md", FILES["jekyll"], "/posts/welcome/", "Welcome!"),
        ("content/posts/hugo.md", FILES["hugo"], "/posts/hugo/", "From Hugo"),
        ("content/posts/trip/index.md", FILES["yaml"], "/posts/trip/", "With YAML"),
        ("content/posts/2024/05/deep.md", FILES["yaml"], "/posts/deep/", "With YAML"),
        (
            "content/posts/Ünï cödé 日本.md",
            FILES["plain"],
            "/posts/uni-code-ri-ben/",
            "A plain post",
        ),
        ("content/pages/about.md", FILES["page"], "/about/", "About"),
        ("content/pages/docs/start/index.md", FILES["page"], "/docs/start/", "About"),
        ("content/posts/windows.md", FILES["windows"], "/posts/windows/", "CRLF"),
    ],
)
def test_a_file_of_another_generator_becomes_its_page(
    path: str, text: str, url: str, title: str
) -> None:
    found = made({path: text})
    assert url in found
    assert re.search(rf"<h1[^>]*>\s*{title}", found[url])


def test_a_folder_without_settings_becomes_a_whole_site() -> None:
    found = made(
        {
            "content/_posts/2015-11-17-welcome.md": FILES["jekyll"],
            "content/posts/hugo.md": FILES["hugo"],
            "content/posts/plain.md": FILES["plain"],
            "content/pages/about.md": FILES["page"],
        }
    )
    assert {"/", "/posts/", "/tags/", "/tags/one/", "/archive/", "/about/"} <= found.keys()
    assert {"/posts/welcome/", "/posts/hugo/", "/posts/plain/"} <= found.keys()


def test_the_date_in_the_name_of_a_jekyll_post_counts() -> None:
    found = made({"content/_posts/2015-11-17-welcome.md": "Text\n"})
    assert 'datetime="2015-11-17' in found["/posts/welcome/"]


def test_a_post_with_its_name_as_title_has_a_readable_one() -> None:
    found = made({"content/posts/my-first_post.md": "Text without a heading\n"})
    assert re.search(r"<h1[^>]*>\s*My first post", found["/posts/my-first-post/"])


def test_a_draft_of_jekyll_is_not_shown() -> None:
    assert "/posts/idea/" not in made(
        {
            "content/_drafts/idea.md": "Text\n",
            "content/posts/a.md": "Text\n",
        }
    )


def test_liquid_and_hugo_markup_stays_text() -> None:
    found = made({"content/posts/a.md": "{% include x.html %} and {{ page.title }}\n"})
    assert "{% include x.html %}" in found["/posts/a/"]
    assert "{{ page.title }}" in found["/posts/a/"]


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("permalink: /old/", "slug sets the last part"),
        ("redirect_from: /old/", "called aliases here"),
        ("tilte: Hello", 'did you mean "title"?'),
        ("date: yesterday", "yesterday"),
        ("draft: perhaps", "must be true or false"),
        ("layout: gallery", "the page's own template is called template here"),
    ],
)
def test_a_field_that_can_not_be_read_says_what_to_write_instead(field: str, hint: str) -> None:
    with fresh_folder({"content/posts/a.md": f"---\ntitle: A\n{field}\n---\n"}) as folder:
        done = streamly(folder, "build", "--now", NOW, "--jobs", "1")
        told = " ".join(done.stderr.split())
        assert done.returncode == 1
        assert "content/posts/a.md:3:" in told
        assert hint in told


def test_a_file_outside_of_the_known_folders_says_where_to_put_it() -> None:
    with fresh_folder({"content/hello.md": FILES["plain"]}) as folder:
        done = streamly(folder, "build", "--now", NOW, "--jobs", "1")
        told = " ".join(done.stderr.split())
        assert done.returncode == 0 or ("content/hello.md" in told and "posts" in told), told


def test_a_folder_without_content_says_where_to_put_it() -> None:
    with fresh_folder({"hello.md": FILES["plain"]}) as folder:
        done = streamly(folder, "build")
        told = " ".join(done.stderr.split())
        assert done.returncode == 2
        assert "put Markdown files into content/posts/" in told
