"""A browser reads the shortened styles of the themes as it reads the whole ones."""

from typing import TYPE_CHECKING

import pytest

from streamly_ssg.pages.shortening import style
from tests.support.house import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHEETS = sorted((ROOT / "themes").glob("*/assets/*.css"))
# How a browser understood a sheet; in what it keeps as it is written, spaces beside signs say nothing.
RULES = """(text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return [...sheet.cssRules].map((rule) => rule.cssText.replace(/\\s*([,{}();])\\s*/g, "$1"));
}"""


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.parts[-3])
def test_a_browser_finds_the_same_rules(browser: "Browser", sheet: object) -> None:
    whole = (ROOT / str(sheet)).read_bytes()
    page = browser.new_page()
    rules = page.evaluate(RULES, style(whole).decode())
    assert rules == page.evaluate(RULES, whole.decode())
    assert len(style(whole)) < 0.85 * len(whole)
    page.close()
