"""What a version builds: every outcome, page and rubric row, by framework; gaps are told."""

import re
from html import unescape

from flask import Flask

from lms.access.actor import Role
from lms.catalogue.competency_map import map_of
from tests import factories
from tests.performance.counting import counting

MODULE = "modules/01-standing-in-law/module.yml"


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_each_competency_names_outcomes_pages_and_rows(app: Flask) -> None:
    version = factories.make_content()
    assert version.id
    with counting() as counted:
        found = map_of(version)
    assert len(counted.statements) == 4
    areas = found.frameworks[0]
    assert areas.shape.title == "Training Standards Framework, 2020"
    assert areas.source is not None
    first = areas.served[0]
    assert (first.key, first.gap) == ("tsf-1", "")
    assert first.by["AL701"] == ("LO1", "LO2", "LO3", "LO4")
    taught = {
        title
        for outcome in found.modules[0].outcomes
        if "tsf-1" in outcome.competencies
        for title in outcome.pages
    }
    assert first.pages == len(taught) > 3
    assert first.rows >= 4


def test_a_gap_is_told_and_is_gone_once_an_outcome_builds_it(app: Flask, browser) -> None:
    version = factories.make_content()
    author = browser(factories.make_account(Role.AUTHOR))
    page = words(author.get(f"/authoring/versions/{version.ref}/competencies").text)
    assert "Themes of the consultation on the advocacy model, 2022" in page
    gaps = sum(each.gaps for each in map_of(version).frameworks)
    assert page.count("No outcome builds it") == gaps


def test_a_version_without_a_map_says_so(app: Flask, browser) -> None:
    changes = {"competencies.yml": None}
    for path in factories.CONTENT.glob("modules/*/module.yml"):
        text = re.sub(r"\n    competencies: .*", "", path.read_text(encoding="utf-8"))
        changes[path.relative_to(factories.CONTENT).as_posix()] = text.encode()
    version = factories.make_content(changes)
    author = browser(factories.make_account(Role.AUTHOR))
    page = words(author.get(f"/authoring/versions/{version.ref}/competencies").text)
    assert "This version is mapped to no framework" in page
