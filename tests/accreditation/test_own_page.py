"""The advocate's own page: number, standing, and who looked, when and why."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from lms import clock
from lms.access.actor import Role
from lms.accreditation.rules import Standing
from tests import factories
from tests.accreditation.register import (
    BORN,
    look,
    make_accredited,
    make_employer,
    make_entry,
    make_standing,
    withhold,
)

pytestmark = pytest.mark.usefixtures("app")
PAGE = "/my/accreditation"
AT = datetime(2027, 5, 4, 12, tzinfo=UTC)


def said_to(browser, entry) -> str:
    page = browser(entry.holder).get(PAGE)
    assert page.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_it_says_who_looked_when_and_why_and_what_they_were_told(browser) -> None:
    with clock.stopped(AT):
        entry, employer = make_accredited(), make_employer()
        look(browser(employer.coordinator), entry.number, reason="role")
        said = said_to(browser, entry)
    assert employer.organisation.name in said
    assert "Before a change of role" in said
    assert "4 May 2027, 13:00" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "Accredited" in said
    # The organisation looked; which of its people is nothing to the advocate.
    assert employer.coordinator.name not in said


def test_a_look_with_a_wrong_date_is_no_look_at_this_person(browser) -> None:
    entry = make_accredited()
    look(browser(make_employer().coordinator), entry.number, BORN + timedelta(days=1))
    assert "Nobody has looked" in said_to(browser, entry)


def test_each_sees_looks_at_themselves_alone(browser) -> None:
    first, second, employer = make_accredited(), make_accredited(), make_employer()
    look(browser(employer.coordinator), first.number)
    assert employer.organisation.name in said_to(browser, first)
    said = said_to(browser, second)
    assert employer.organisation.name not in said
    assert first.number not in said


@pytest.mark.parametrize("standing", list(Standing))
def test_every_standing_is_told_to_its_holder(browser, standing: Standing) -> None:
    entry = make_standing(standing)
    said = said_to(browser, entry)
    assert entry.number in said
    meaning = {
        Standing.IN_TRAINING: "You may practise under supervision.",
        Standing.AWARD_MADE: "The board has made your award.",
        Standing.ACCREDITED: "You may practise, without conditions.",
        Standing.ACCREDITED_WITH_CONDITIONS: "as long as the conditions are kept.",
        Standing.SUSPENDED: "It is not a finding.",
        Standing.LAPSED: "nothing has taken its place. It is not a finding.",
        Standing.WITHDRAWN: "at your own request.",
        Standing.REVOKED: "how to appeal.",
    }
    assert meaning[standing] in said


def test_conditions_and_review_are_shown_to_the_holder(browser) -> None:
    assert "Supervision every two weeks." in said_to(
        browser, make_standing(Standing.ACCREDITED_WITH_CONDITIONS)
    )
    assert "To be reviewed by" in said_to(browser, make_standing(Standing.SUSPENDED))


def test_that_a_record_is_withheld_is_for_accreditors_alone(browser) -> None:
    entry = withhold(make_accredited())
    said = said_to(browser, entry)
    assert "Accredited" in said
    assert "ithheld" not in said
    assert "ithheld" not in browser(entry.holder).get("/").text


def test_whoever_has_no_entry_reads_when_it_opens(browser) -> None:
    page = browser(factories.make_account(Role.ADVOCATE)).get(PAGE)
    assert page.status_code == 200
    assert "You are not in the register yet" in page.text


def test_the_page_is_for_advocates_alone(browser) -> None:
    for role in (Role.COORDINATOR, Role.REGISTRAR, Role.ACCREDITOR):
        assert browser(factories.make_account(role)).get(PAGE).status_code == 403


def test_the_number_is_kept_for_life(browser) -> None:
    entry = make_entry()
    number = entry.number
    for standing in (Standing.ACCREDITED, Standing.REVOKED):
        assert number != make_standing(standing).number
    assert number in said_to(browser, entry)
