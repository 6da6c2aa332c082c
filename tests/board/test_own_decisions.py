"""What boards decided, as the person decided on reads it: marks, words, and the rule behind."""

import html
import re

import pytest

from lms.access.actor import Role
from tests import factories
from tests.board.world import RESUBMIT_BY, World, make_world

pytestmark = pytest.mark.usefixtures("board_day")
PAGE = "/boards/decisions"


def said_to(browser, world: World, which: int = 0) -> str:
    page = browser(world.enrolments[which].advocate).get(PAGE)
    assert page.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_before_a_board_there_is_nothing_and_it_says_when_that_changes(browser) -> None:
    world = make_world((60, 60))
    assert "No board has decided yet" in said_to(browser, world)


def test_an_award_shows_confirmed_marks_and_the_rule_behind_each_step(browser) -> None:
    world = make_world((60, 55))
    world.ratify()
    said = said_to(browser, world)
    assert "The award is made" in said
    assert world.decision().ref in said
    assert "60 is 50 or more: 10 credits Regulation 4.1" in said
    assert "All credits are passed 20 of 20 Regulation 4.1" in said
    assert "Confirmed" in said
    assert "Provisional" not in said


def test_a_referral_speaks_of_a_further_attempt_and_leads_to_it(browser) -> None:
    world = make_world((60, 49))
    world.ratify(RESUBMIT_BY)
    said = said_to(browser, world)
    assert "Second attempt due" in said
    assert "A further attempt is open to you" in said
    assert "attempt 1 of 2 Regulation 7.2" in said
    assert "See what is due, and when" in said


def test_nobody_is_told_that_they_failed(browser) -> None:
    world = make_world((60, 49), attempts={"most": 1})
    world.ratify()
    said = said_to(browser, world)
    assert "no further attempt is open" in said
    assert "no attempt is left attempt 1 of 1 Regulation 7.2" in said
    assert "who is there for you" in said
    assert "Fail" not in said


def test_everybody_reads_their_own_decisions_and_nobody_elses(browser) -> None:
    world = make_world((60, 60), (60, 40))
    world.ratify(RESUBMIT_BY)
    first, second = world.decision(0).ref, world.decision(1).ref
    assert first in said_to(browser, world, 0)
    assert second not in said_to(browser, world, 0)
    assert first not in said_to(browser, world, 1)


def test_the_page_is_for_advocates_alone(browser) -> None:
    world = make_world((60, 60))
    world.ratify()
    for role in (Role.REGISTRAR, Role.CHAIR, Role.COORDINATOR, Role.ACCREDITOR, Role.TUTOR):
        assert browser(factories.make_account(role)).get(PAGE).status_code == 403
    assert browser().get(PAGE).status_code == 302


def test_the_front_page_leads_to_it(browser) -> None:
    world = make_world((60, 60))
    page = browser(world.enrolments[0].advocate).get("/")
    assert f'href="{PAGE}"' in page.text
