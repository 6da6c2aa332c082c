"""A module's plan for teaching is for staff: no learner finds it, or is told that there is one."""

from flask import Flask
from sqlalchemy import select

from lms.access.actor import Role
from lms.catalogue.models import Passage
from lms.db import db
from tests import factories
from tests.learning.places import h1, words

PLAN = "/learn/standing-in-law/session-plan"


def test_staff_come_to_it_from_the_module(app: Flask, browser) -> None:
    factories.make_content()
    tutor = browser(factories.make_account(Role.TUTOR))
    assert PLAN in tutor.get("/learn/standing-in-law/").text
    page = tutor.get(PLAN)
    assert page.status_code == 200
    assert h1(page.text).startswith("Session plan")
    assert "3 hours" in words(page.text)
    assert "Advocates don’t see this page" in words(page.text)


def test_a_learner_finds_nothing_and_is_told_of_nothing(app: Flask, browser) -> None:
    learner = browser(factories.make_enrolment().advocate)
    assert learner.get(PLAN).status_code == 404
    assert "session-plan" not in learner.get("/learn/standing-in-law/").text
    told = select(Passage.text).where(Passage.text.contains("in breakout rooms, ten minutes"))
    assert db.session.scalars(told).all() == []
    with learner.get("/learn/standing-in-law/download/html") as copy:
        assert "breakout" not in words(copy.get_data(as_text=True)).lower()


def test_a_module_without_one_says_nothing_of_it(app: Flask, browser) -> None:
    name = "modules/01-standing-in-law/session-plan.md"
    factories.make_content({name: None})
    tutor = browser(factories.make_account(Role.TUTOR))
    assert "session-plan" not in tutor.get("/learn/standing-in-law/").text
    assert tutor.get(PLAN).status_code == 404
