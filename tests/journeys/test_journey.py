"""From a stranger to a member and out again, in a real browser, through `streamly up`, with real letters."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.folder import Folder
from tests.support.patience import until
from tests.support.post import Office, post_office_beside
from tests.support.process import streamly
from tests.support.upping import up

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

SETTINGS = """\
[site]
title = "A small site"
base_url = "http://127.0.0.1:8000"
service = "/api/v1"

[service.mail]
backend = "smtp"
port = {port}
security = "none"

[service.moderation]
first_comments = 0
"""
POST = "---\ntitle: Hello\nid: hello\ndate: 2026-01-02\n---\n\nThe first one.\n"
CONTACT = "---\ntitle: Contact\ntemplate: contact.html\ncomments: off\n---\n\nWrite to us.\n"
PASSWORD = "seven herons on a wire"


class Stage:
    """A site that runs, and the letters that it sends."""

    def __init__(self, address: str, office: Office) -> None:
        self.address = address
        self.office = office

    def show(self, page: "Page", path: str, what: "Locator") -> None:
        """Look at a page again and again until *what* is published on it."""
        until(lambda: page.goto(f"{self.address}{path}") and what.count())

    def letter(self, about: str) -> EmailMessage:
        """Wait for the letter whose subject begins so, and return it."""
        until(lambda: self._letters(about))
        (found,) = self._letters(about)
        return found

    def _letters(self, about: str) -> list[EmailMessage]:
        return [one for one in self.office.taken if str(one["Subject"]).startswith(about)]

    def code(self) -> str:
        """Wait for the first letter, and return the link to the code in it."""
        until(lambda: self.office.taken)
        body = self.office.taken[0].get_body(("plain",))
        assert body is not None
        found = re.search(r"http://\S+#token=(\S+)", body.get_content())
        assert found
        return found[1]


@contextmanager
def stage(root: Path) -> Iterator[Stage]:
    folder = Folder(root)
    with post_office_beside() as office:
        folder.write("streamly.toml", SETTINGS.format(port=office.port))
        folder.write("content/posts/hello.md", POST)
        folder.write("content/pages/contact.md", CONTACT)
        for words in (
            ("db", "upgrade"),
            ("user", "add", "bob", "--email", "bob@example.org", "--generate"),
            ("export", "facts", "facts.ndjson"),
            ("build",),
        ):
            ran = streamly(folder, *words)
            assert ran.returncode == 0, ran.stderr
        with up(root) as running:
            yield Stage(running.address, office)


def told(page: "Page") -> str:
    """Return what the notice on the page says."""
    return str(page.locator(".notice").inner_text())


def fill(page: "Page", button: str, **fields: str) -> None:
    """Fill in a form by its labels, and send it; underscores stand for spaces."""
    form = page.locator("form", has=page.get_by_role("button", name=button, exact=True)).first
    for label, text in fields.items():
        form.get_by_label(label.replace("_", " "), exact=True).fill(text)
    form.get_by_role("button", name=button, exact=True).click()


def register(page: "Page", scene: Stage, name: str, *, has_scripts: bool) -> None:
    page.goto(f"{scene.address}/register/")
    address = f"{name}@example.org"
    fill(page, "Register", Name="?!", **{"E-mail_address": address}, Password=PASSWORD)
    assert told(page).startswith("name: ")
    assert page.get_by_label("E-mail address").input_value() == address
    assert page.get_by_label("Password").input_value() == ""
    fill(page, "Register", Name=name, Password=PASSWORD)
    page.wait_for_url("**/confirm/")
    assert told(page) == "Look into your mailbox: a letter says how to go on."
    code = scene.code()
    if has_scripts:
        page.goto(f"{scene.address}/confirm/#token={code}")
        page.reload()
        assert page.get_by_label("Code from the letter").input_value() == code
        fill(page, "Confirm")
    else:
        fill(page, "Confirm", Code_from_the_letter=code)
    page.wait_for_url("**/login/")
    assert told(page) == "Your address is confirmed."


def sign_in_on_the_way_to_a_like(page: "Page", scene: Stage, name: str) -> None:
    page.goto(f"{scene.address}/posts/hello/")
    fill(page, "Like")
    page.wait_for_url("**/login/?next=/posts/hello/")
    assert told(page) == "Sign in first."
    fill(page, "Sign in", **{"Name_or_e-mail_address": name}, Password="not this one at all")
    assert told(page) == "The name or the password is wrong."
    assert page.get_by_label("Name or e-mail address").input_value() == name
    fill(page, "Sign in", Password=PASSWORD)
    page.wait_for_url("**/posts/hello/")
    assert told(page) == "You are signed in."
    page.reload()
    assert page.locator(".notice").count() == 0


def like(page: "Page", *, has_scripts: bool) -> None:
    button = page.get_by_role("button", name="Like", exact=True)
    if has_scripts:
        page.locator(".toggle [aria-pressed=false]").wait_for()
        button.click()
        page.locator(".toggle [aria-pressed=true]").wait_for()
        assert page.locator("[data-count]").inner_text() == "1 like"
        button.click()
        page.locator(".toggle [aria-pressed=false]").wait_for()
        assert page.locator("[data-count]").inner_text() == "0 likes"
        button.click()
        page.locator(".toggle [aria-pressed=true]").wait_for()
    else:
        button.click()
        assert told(page) == "You like this page."
        page.get_by_role("button", name="Unlike").click()
        assert told(page) == "You no longer like this page."
        button.click()


def comment(page: "Page", scene: Stage) -> None:
    fill(page, "Comment", Your_comment="x" * 10_001)
    assert told(page).startswith("body: ")
    assert page.get_by_label("Your comment").input_value() == "x" * 10_001
    fill(page, "Comment", Your_comment="It is *good* to be here.")
    page.wait_for_url("**/posts/hello/#comment-1")
    assert told(page) == "Your comment is there."
    first = page.locator(".comments li").first
    scene.show(page, "/posts/hello/", first)
    assert first.locator(".content em").inner_text() == "good"
    assert page.locator("[data-count]").inner_text() == "1 like"


def reply_and_report(page: "Page", scene: Stage) -> None:
    first = page.locator(".comments li").first
    first.locator("summary", has_text="Reply").click()
    fill(page, "Reply", Your_reply_to_ann="So it is.")
    page.wait_for_url("**/posts/hello/#comment-2")
    reply = page.locator(".comments ol ol li")
    scene.show(page, "/posts/hello/", reply)
    assert "So it is." in reply.inner_text()
    reply.locator("summary", has_text="Report").click()
    fill(page, "Report")
    assert page.locator(".notice").is_visible()


def follow(page: "Page", scene: Stage) -> None:
    page.goto(f"{scene.address}/users/bob/")
    fill(page, "Follow")
    assert told(page) == "You follow this person."
    page.get_by_role("button", name="Unfollow").click()
    assert told(page) == "You no longer follow this person."
    fill(page, "Follow")
    scene.show(page, "/users/bob/", page.get_by_role("link", name="1 follower", exact=True))


def end_letters(page: "Page", scene: Stage) -> None:
    """Go where bob's letter leads those who want no more of them."""
    letter = scene.letter("ann follows you")
    _, _, way = str(letter["List-Unsubscribe"]).strip("<>").partition("/api/")
    page.goto(f"{scene.address}/api/{way}")
    page.get_by_role("button", name="No more letters about that").click()
    assert told(page) == "You get no more letters about people who follow you."


def choose_letters(page: "Page", scene: Stage) -> None:
    page.goto(f"{scene.address}/account/")
    page.get_by_label("When somebody answers you").select_option("Don’t write to me")
    fill(page, "Save")
    assert told(page) == "Your profile is changed."


def sign_out(page: "Page", scene: Stage) -> None:
    page.goto(f"{scene.address}/account/")
    fill(page, "Sign out")
    page.wait_for_url(f"{scene.address}/")
    assert told(page) == "You are signed out."
    page.goto(f"{scene.address}/posts/hello/")
    fill(page, "Comment", Your_comment="May I still?")
    assert told(page) == "Sign in first."
    assert page.get_by_label("Your comment").input_value() == "May I still?"


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_stranger_becomes_a_member_and_takes_part(
    browser: "Browser", tmp_path: Path, has_scripts: bool
) -> None:
    with stage(tmp_path) as scene:
        context = browser.new_context(java_script_enabled=has_scripts)
        context.set_default_timeout(10_000)
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        register(page, scene, "ann", has_scripts=has_scripts)
        sign_in_on_the_way_to_a_like(page, scene, "ann")
        like(page, has_scripts=has_scripts)
        comment(page, scene)
        reply_and_report(page, scene)
        follow(page, scene)
        end_letters(page, scene)
        choose_letters(page, scene)
        sign_out(page, scene)
        context.close()
        assert complaints == []


def test_a_letter_from_the_contact_page_arrives(browser: "Browser", tmp_path: Path) -> None:
    with stage(tmp_path) as scene:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{scene.address}/contact/")
        letter = {"Your_e-mail_address": "eve@example.org", "Your_letter": "Thank you."}
        fill(page, "Send", Your_name="Eve", **letter)
        assert page.locator(".notice").is_visible()
        context.close()
