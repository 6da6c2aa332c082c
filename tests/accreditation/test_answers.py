"""What an employer reads, standing by standing; what they never read; and whose receipt it is."""

import html
import re
from datetime import timedelta

import pytest

from lms import clock, refs
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.queries import standing_grant
from lms.accreditation.rules import Standing
from lms.db import unit_of_work
from lms.organisations import operations as organisations
from lms.web.filters import day
from tests import factories
from tests.accreditation.register import (
    BORN,
    SCOPE,
    look,
    make_accredited,
    make_employer,
    make_standing,
    number_like,
)

pytestmark = pytest.mark.usefixtures("app")
S = Standing

# Heading, its tone, and words that the page has to say (DESIGN 8).
ANSWERS = {
    S.IN_TRAINING: ("In training: supervised practice only", "t-info", "not accredited yet"),
    S.AWARD_MADE: ("Award made, accreditation pending", "t-info", "supervised practice only"),
    S.ACCREDITED: ("Accredited", "solid", "without conditions"),
    S.ACCREDITED_WITH_CONDITIONS: (
        "Accredited with conditions",
        "t-wait",
        "only if you can keep to both conditions",
    ),
    S.SUSPENDED: (
        "Suspended: not to practise now",
        "solid-hold",
        "It is not a finding against them.",
    ),
    S.LAPSED: ("Not accredited: lapsed", "t-wait", "It is not a finding against them."),
    S.WITHDRAWN: (
        "Not accredited: withdrawn at own request",
        "t-calm",
        "It is not a finding against them.",
    ),
    S.REVOKED: ("Not accredited: revoked", "t-stop", "Don’t place them in a role"),
}


def words(page) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def plain(text: str) -> str:
    return " ".join(text.split())


def head_of(page) -> tuple[str, str]:
    """Heading and tone of the answer."""
    found = re.search(
        r'<header class="slip-head ([a-z-]+)">.*?<h1>(.*?)</h1>', page.text, re.DOTALL
    )
    assert found
    return html.unescape(found[2]), found[1]


@pytest.mark.parametrize("standing", list(Standing))
def test_each_standing_says_what_it_means_and_what_to_do(browser, standing: Standing) -> None:
    entry = make_standing(standing)
    page = look(browser(make_employer().coordinator), entry.number)
    heading, tone, said = ANSWERS[standing]
    assert head_of(page) == (heading, tone)
    assert said in words(page)
    assert "What to do" in page.text
    assert entry.number in page.text
    assert f"{entry.holder.name} Certificate" in page.text
    assert "Receipt" in page.text
    assert re.search(r"CHK(-[0-9A-Z]{4}){4}", page.text)
    assert "<title>Answer to your check – " in page.text


def test_a_green_head_exists_for_accredited_alone() -> None:
    green = [standing for standing, (_, tone, _) in ANSWERS.items() if tone == "solid"]
    assert green == [S.ACCREDITED]
    assert set(ANSWERS) == set(Standing)


def test_an_accreditation_shows_its_dates_and_its_scope(browser) -> None:
    entry = make_accredited()
    said = words(look(browser(make_employer().coordinator), entry.number))
    today = clock.today()
    assert SCOPE in said
    assert f"from {plain(day(today))} until" in said
    assert plain(day(today + timedelta(days=1000))) in said
    assert "True at" in said


def test_conditions_come_before_anything_else(browser) -> None:
    entry = make_standing(S.ACCREDITED_WITH_CONDITIONS)
    page = look(browser(make_employer().coordinator), entry.number)
    order = [
        page.text.index(each)
        for each in ("Supervision every two weeks.", "No work alone at night.", "What to do", SCOPE)
    ]
    assert order == sorted(order)


def test_a_suspension_has_its_review_and_asks_nobody_to_explain(browser) -> None:
    said = words(look(browser(make_employer().coordinator), make_standing(S.SUSPENDED).number))
    assert "To be reviewed by" in said
    assert "Don’t ask the person to explain." in said


def test_an_answer_never_shows_where_somebody_works_or_who_else_looked(browser) -> None:
    entry = make_accredited()
    elsewhere, other, employer = factories.make_organisation(), make_employer(), make_employer()
    with unit_of_work():
        organisations.record_placement(
            entry.holder, elsewhere, "Advocate at night", clock.today(), actor=SYSTEM
        )
    earlier = look(browser(other.coordinator), entry.number)
    (reference,) = set(re.findall(r"CHK(?:-[0-9A-Z]{4}){4}", earlier.text))
    page = look(browser(employer.coordinator), entry.number)
    for canary in (
        elsewhere.name,
        "Advocate at night",
        other.organisation.name,
        other.coordinator.name,
        reference,
        entry.ref,
        entry.holder.address,
        entry.holder.ref,
        str(BORN.year),
    ):
        assert canary not in page.text


# Whose receipt it is.


def test_a_receipt_is_for_coordinators_of_the_same_organisation(browser) -> None:
    entry, employer = make_accredited(), make_employer()
    address = look(browser(employer.coordinator), entry.number).request.path
    colleague = factories.make_account(Role.COORDINATOR, at=employer.organisation)
    assert browser(colleague).get(address).status_code == 200


def test_to_anybody_else_a_receipt_is_as_one_that_never_was(browser) -> None:
    entry, employer = make_accredited(), make_employer()
    address = look(browser(employer.coordinator), entry.number).request.path
    never = f"/check/receipts/{refs.new('CHK')}"
    others = [
        make_employer().coordinator,
        factories.make_account(Role.SUPERVISOR, at=employer.organisation),
        factories.make_account(Role.REGISTRAR),
        factories.make_account(Role.ADMIN),
        factories.make_account(Role.ACCREDITOR),
        entry.holder,
    ]
    for other in others:
        visitor = browser(other)
        theirs, none = visitor.get(address), visitor.get(never)
        assert theirs.status_code == none.status_code == 404
        assert without_chance(theirs.text) == without_chance(none.text)
        assert without_drawn(theirs.headers) == without_drawn(none.headers)
        assert visitor.client.head(address).status_code == 404
    assert browser().get(address).location.startswith("/sign-in")
    assert browser().get(never).location.startswith("/sign-in")


def test_a_coordinator_who_moved_leaves_the_receipts_behind(browser) -> None:
    entry, employer, other = make_accredited(), make_employer(), make_employer()
    moves = employer.coordinator
    address = look(browser(moves), entry.number).request.path
    with unit_of_work():
        accounts.end_role(
            standing_grant(moves, Role.COORDINATOR, employer.organisation.ref), actor=SYSTEM
        )
        accounts.grant_role(moves, Role.COORDINATOR, at=other.organisation.ref, actor=SYSTEM)
    assert browser(moves).get(address).status_code == 404


def test_an_organisation_sees_its_own_latest_checks_and_no_others(browser) -> None:
    entry, employer, other = make_accredited(), make_employer(), make_employer()
    theirs = look(browser(other.coordinator), entry.number).request.path
    visitor = browser(employer.coordinator)
    assert "No checks yet" in visitor.get("/check").text
    mine = look(visitor, entry.number).request.path
    nothing = look(visitor, number_like(entry)).request.path
    page = visitor.get("/check").text
    assert mine in page
    assert nothing in page
    assert theirs not in page
    assert other.organisation.name not in page


def without_chance(body: str) -> str:
    return re.sub(r'value="[^"]{40,}"|CHK(-[0-9A-Z]{4}){4}', "", body)


def without_drawn(headers) -> dict[str, str]:
    return {name: v for name, v in headers.items() if name not in {"X-Request-ID", "Set-Cookie"}}
