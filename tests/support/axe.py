"""Accessibility checks of a page in the browser, with axe-core."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.support import node

# WCAG 2.2, levels A and AA, as axe names them.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

_ASK = """
async tags => {
  const found = await axe.run({
    runOnly: {type: "tag", values: tags},
    resultTypes: ["violations"],  // of what is well it would describe every element
  });
  return found.violations.flatMap(
    each => each.nodes.map(node => ({rule: each.id, help: each.help, html: node.html}))
  );
}
"""


@dataclass(frozen=True)
class Violation:
    """One place on a page that breaks one rule."""

    rule: str  # axe's name, such as color-contrast
    help: str
    html: str  # the element


def violations(page: Page) -> list[Violation]:
    """What axe finds wrong on the page as it stands: WCAG 2.2, A and AA, empty when all is well.

    Scripts go in through the browser's own channel, so a page's content security policy
    doesn't have to be loosened for the check.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate((node.package("axe-core") / "axe.min.js").read_text(encoding="utf-8"))
    return [Violation(**found) for found in page.evaluate(_ASK, RULES)]
