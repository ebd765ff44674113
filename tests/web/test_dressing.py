"""What a reader had typed stands in the form again; the rest of the page is what it was."""

import pytest

from interact_api.web.site.dressing import Form, dressed

PAGE = """<!doctype html>
<html lang="en"><body class="x">
<main id="site-main"
 tabindex="-1">
<p>Text &amp; <b>more</b></p>
<form action="/a"><input name="name"><textarea name="body">
old</textarea></form>
<details><summary>Reply</summary><form action="/c"><input type="hidden" name="parent" value="1">
<textarea name="body"></textarea></form></details>
<details><summary>Reply</summary><form action="/c"><input type="hidden" name="parent" value="2">
<textarea name="body"></textarea></form></details>
<form action="/all"><input name="text" value="before"><input name="secret" type="password">
<select name="reason"><option value="spam" selected>Spam</option><option value="abuse">Abuse</option></select>
<input type="checkbox" name="remember" value="on"><input type="hidden" name="next" value="/"></form>
</main></body></html>
"""


def filled(action: str, **fields: str) -> str:
    return dressed(PAGE, "error", "", Form(action, fields))


def test_a_notice_stands_on_top_of_the_page_as_text() -> None:
    made = dressed(PAGE, "error", "<b>No</b> & no")
    assert (
        'tabindex="-1">\n<p class="notice error" role="alert">&lt;b&gt;No&lt;/b&gt; &amp; no</p>'
        in made
    )
    assert (
        made.replace(
            '\n<p class="notice error" role="alert">&lt;b&gt;No&lt;/b&gt; &amp; no</p>', ""
        )
        == PAGE
    )


def test_a_page_without_a_main_has_its_notice_too() -> None:
    made = dressed("<html><body><p>x</p></body></html>", "ok", "Done")
    assert '<body>\n<p class="notice" role="status">Done</p><p>x' in made


def test_nothing_to_say_changes_nothing() -> None:
    assert dressed(PAGE, "ok", "") == PAGE
    assert filled("/nowhere", body="x") == PAGE
    assert filled("/a", unknown="x") == PAGE


def test_a_text_is_put_into_its_form() -> None:
    made = filled("/a", name='"Ada" <ada>', body="1 < 2\n</textarea><script>")
    assert '<input name="name" value="&quot;Ada&quot; &lt;ada&gt;">' in made
    assert '<textarea name="body">\n1 &lt; 2\n&lt;/textarea&gt;&lt;script&gt;</textarea>' in made
    assert "<details>" in made


def test_of_many_forms_the_one_that_was_sent_is_filled_and_unfolded() -> None:
    made = filled("/c", parent="2", body="me")
    assert made.count("me</textarea>") == 1
    assert made.count('<details open="">') == 1
    assert made.index('value="2"') < made.index("me</textarea>")
    assert made.index('value="1"') < made.index('<details open="">')


def test_what_answers_nothing_goes_into_the_form_that_answers_nothing() -> None:
    page = PAGE.replace('action="/a"', 'action="/c"')
    made = dressed(page, "error", "", Form("/c", {"parent": "2", "body": "me"}))
    assert made.count("me</textarea>") == 1
    assert made.index('value="2"') < made.index("me</textarea>")
    made = dressed(page, "error", "", Form("/c", {"parent": "77", "body": "me"}))
    assert made.index("me</textarea>") < made.index("<details>")


def test_a_text_doesnt_become_an_answer() -> None:
    page = PAGE.replace('action="/a"', 'action="/b"')
    end = '<form action="/c"><textarea name="body"></textarea></form></main>'
    made = dressed(page.replace("</main>", end), "error", "", Form("/c", {"body": "me"}))
    assert made.count("me</textarea>") == 1
    assert made.index("me</textarea>") > made.index('name="next"')


def test_a_page_at_another_address_says_which_one_it_is() -> None:
    page = PAGE.replace('action="/all"', 'action="/all" method="post"')
    made = dressed(page, "error", "", Form("/nowhere", {}, "/posts/a/"))
    assert made.count('<input type="hidden" name="page" value="/posts/a/">') == 1


def test_choices_are_chosen_again() -> None:
    made = filled("/all", text="after", reason="abuse", remember="on")
    assert 'value="after"' in made
    assert '<option value="abuse" selected="">' in made
    assert '<option value="spam">' in made
    assert 'value="on" checked=""' in made


def test_a_password_is_never_sent_back() -> None:
    assert "hunter2" not in filled("/all", secret="hunter2", text="x")


def test_where_to_go_on_is_kept() -> None:
    assert 'name="next" value="/posts/a/"' in filled("/all", next="/posts/a/")
    assert 'name="next" value="/posts/a/"' in filled("", next="/posts/a/")


@pytest.mark.parametrize(
    "page", ["", "<", "<main", "<main><form action='/a'><textarea name=body>", "</form></details>"]
)
def test_what_is_broken_stays_as_it_is(page: str) -> None:
    assert dressed(page, "error", "", Form("/a", {"body": "x"})) == page
