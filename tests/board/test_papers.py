"""The board's pages: numbers and no names, what follows line by line, and one act."""

import html
import re
from datetime import timedelta

import pytest

from lms import clock, refs
from lms.access.actor import SYSTEM, Role
from lms.assessment.queries import number_of
from lms.board import queries
from lms.cohorts import operations as cohorts
from lms.cohorts.rules import State
from lms.db import unit_of_work
from tests import factories
from tests.board.world import BOARD_DAY, RESUBMIT_BY, World, convene, make_world
from tests.performance import bulk
from tests.performance.counting import counting
from tests.support.pages import moment

pytestmark = pytest.mark.usefixtures("board_day")


def text_of(page) -> str:
    """What a page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def without_chance(page) -> str:
    """A page without tokens and the reference that was asked for."""
    return re.sub(r'value="[^"]{40,}"|BRD(-[0-9A-Z]{4}){4}', "", page.text)


def papers(world: World) -> list[str]:
    """Every address of a meeting's papers."""
    here = f"/boards/{world.meeting.ref}"
    numbers = queries.numbers(world.meeting).values()
    return ["/boards/", here, *(f"{here}/candidates/{each}" for each in numbers)]


def test_no_paper_names_a_candidate_or_where_they_work(browser) -> None:
    world = make_world((60, 49), (60, None))
    canaries = set()
    for each in world.enrolments:
        canaries |= {each.advocate.name, each.advocate.address, each.advocate.ref, each.ref}
        canaries |= {each.organisation.name, f"{each.advocate.name} Certificate"}
        canaries |= {number_of(each, one) for one in world.assessments} - {""}
    for reader in (world.chair, world.member, world.external, world.registrar):
        visitor = browser(reader)
        for path in papers(world):
            page = visitor.get(path)
            assert page.status_code == 200
            found = {each for each in canaries if each in page.text}
            assert not found, f"{path} shows {found}"
    page = browser(world.chair).get(f"/boards/{world.meeting.ref}/ratify")
    assert not {each for each in canaries if each in page.text}
    world.ratify(RESUBMIT_BY)
    for path in papers(world):
        page = browser(world.chair).get(path)
        assert not {each for each in canaries if each in page.text}


def test_a_candidates_page_shows_each_step_with_its_sum_and_its_regulation(browser) -> None:
    world = make_world((60, 49))
    page = browser(world.external).get(f"/boards/{world.meeting.ref}/candidates/{world.number()}")
    said = text_of(page)
    rules = world.cohort.regulations
    assert "Not all credits are passed 10 of 20 Regulation 4.1" in said
    assert "60 is 50 or more: 10 credits Regulation 4.1" in said
    assert "49 is below 50 Regulation 4.1" in said
    assert "attempt 1 of 2 Regulation 7.2" in said
    assert "Refer: a further attempt" in said
    assert "Provisional" in said
    assert rules.title in said
    assert "The rubric" in said


def test_after_the_board_the_page_shows_what_it_decided_and_never_reckons_anew(browser) -> None:
    world = make_world((60, 49))
    world.ratify(RESUBMIT_BY)
    with clock.stopped(RESUBMIT_BY + timedelta(days=60)):
        page = browser(world.chair).get(f"/boards/{world.meeting.ref}/candidates/{world.number()}")
        said = text_of(page)
        assert world.decision().ref in said
        assert "49 is below 50" in said
        assert "nothing was handed in" not in said
        assert "Confirmed" in said
        assert "Provisional" not in said


def test_somebody_elses_board_is_not_there(browser) -> None:
    world = make_world((60, 60))
    other = browser(factories.make_account(Role.CHAIR, Role.TUTOR, Role.EXTERNAL_EXAMINER))
    for where in ("", "/ratify", f"/candidates/{world.number()}"):
        theirs = other.get(f"/boards/{world.meeting.ref}{where}")
        none = other.get(f"/boards/{refs.new('BRD')}{where}")
        assert theirs.status_code == none.status_code == 404
        assert without_chance(theirs) == without_chance(none)
    assert world.meeting.ref not in other.get("/boards/").text


def test_a_number_of_another_board_opens_nothing(browser) -> None:
    world = make_world((60, 60))
    other = convene(world.cohort, world.chair, world.member, world.external)
    number = world.number()
    page = browser(world.chair).get(f"/boards/{other.ref}/candidates/{number}")
    assert page.status_code == (200 if number in queries.numbers(other).values() else 404)
    assert browser(world.chair).get(f"/boards/{other.ref}/candidates/0").status_code == 404


def test_registrars_see_every_board_and_others_those_they_sit_in(browser) -> None:
    world = make_world((60, 60))
    other = convene(world.cohort, factories.make_account(Role.CHAIR), world.member, world.external)
    for reader, seen in (
        (world.registrar, {world.meeting.ref, other.ref}),
        (world.member, {world.meeting.ref, other.ref}),
        (world.chair, {world.meeting.ref}),
    ):
        page = browser(reader).get("/boards/").text
        assert {each for each in (world.meeting.ref, other.ref) if each in page} == seen


def test_an_empty_list_of_boards_says_why(browser) -> None:
    assert (
        "You sit in no board yet"
        in browser(factories.make_account(Role.CHAIR)).get("/boards/").text
    )
    registrar = browser(factories.make_account(Role.REGISTRAR))
    assert "No board yet" in registrar.get("/boards/").text
    assert "This needs an intake first" in registrar.get("/boards/new").text


def test_the_papers_name_by_number_who_is_not_decided_on(browser) -> None:
    world = make_world((60, 60), (60, 60))
    left = world.number(1)
    with unit_of_work():
        cohorts.change_state(world.enrolments[1], State.ON_LEAVE, actor=SYSTEM)
    said = text_of(browser(world.chair).get(f"/boards/{world.meeting.ref}"))
    assert f"Nothing is decided on {left} : on leave, or enrolled no more." in said


# Acting through pages.


def test_registrar_and_chair_convene_attend_and_ratify_through_pages(browser) -> None:
    world = make_world((60, 60), (60, 40))
    office, chair = browser(world.registrar), browser(world.chair)
    page = office.fill_in(
        "/boards/new",
        cohort=world.cohort.ref,
        held_on__day="18",
        held_on__month="6",
        held_on__year="2027",
        chair=world.chair.ref,
        examiners=world.member.ref,
        external=world.external.ref,
    )
    assert "The board is convened." in page.text
    here = page.request.path
    assert "What is missing before the board can decide" in page.text
    office.post(f"{here}/presence", present=[world.chair.ref, world.member.ref])
    refused = chair.post(f"{here}/ratify", **boxes())
    assert refused.status_code == 422
    assert "No external examiner is present; regulation 9.1 asks for one." in refused.text
    office.post(f"{here}/presence", present=[world.external.ref])
    done = chair.fill_in(f"{here}/ratify", **moment("resubmit_by", RESUBMIT_BY))
    assert "The results are ratified." in done.text
    assert "Ratified" in done.text
    again = chair.post(f"{here}/ratify", **boxes())
    assert again.status_code == 422
    assert "ratified its results already" in again.text
    assert "Nothing more happens here" in chair.get(f"{here}/ratify").text
    late = office.post(f"{here}/presence", present=[world.external.ref])
    assert late.status_code == 422


def test_the_page_before_the_act_says_in_words_what_it_will_do(browser) -> None:
    world = make_world((60, 60), (60, 40))
    said = text_of(browser(world.chair).get(f"/boards/{world.meeting.ref}/ratify"))
    assert "The award is made." in said
    assert "A further attempt opens in each assessment that was not passed" in said
    assert "A confirmed mark never changes." in said
    assert {world.number(0), world.number(1)} <= set(said.replace(",", " ").split())
    assert "This can’t be undone." in said


def test_a_referral_without_a_deadline_is_refused_with_what_is_missing(browser) -> None:
    world = make_world((60, 40))
    page = browser(world.chair).post(f"/boards/{world.meeting.ref}/ratify")
    assert page.status_code == 422
    assert "give its deadline" in page.text
    assert queries.ratification(world.meeting) is None


def test_a_page_that_lacks_something_has_no_button_to_ratify(browser) -> None:
    world = make_world((60, 60), released=False)
    page = browser(world.chair).get(f"/boards/{world.meeting.ref}/ratify")
    assert "This can’t be ratified yet" in page.text
    assert "is not marked, reconciled and released yet" in page.text
    assert "Ratify the results</button>" not in page.text


def test_ratifying_asks_for_a_fresh_proof_of_identity(browser) -> None:
    world = make_world((60, 60))
    chair = browser(world.chair)
    with clock.stopped(BOARD_DAY + timedelta(minutes=20)):
        page = chair.get(f"/boards/{world.meeting.ref}/ratify")
    assert "Ratify the results</button>" not in page.text


def test_a_board_for_somebody_seated_twice_is_refused_beside_the_field(browser) -> None:
    world = make_world((60, 60))
    double = factories.make_account(Role.CHAIR, Role.TUTOR)
    page = browser(world.registrar).fill_in(
        "/boards/new",
        cohort=world.cohort.ref,
        held_on__day="18",
        held_on__month="6",
        held_on__year="2027",
        chair=double.ref,
        examiners=double.ref,
    )
    assert page.status_code == 422
    assert "Each person has one seat" in page.text


def test_a_meetings_page_asks_as_much_of_two_hundred_as_of_24(browser, long: bool) -> None:
    counts = set()
    for year, size in ((2026, 24), (2025, 1000 if long else 200)):
        cohort = factories.make_cohort(year=year)
        bulk.fill(cohort, factories.make_organisation(), size)
        chair, member = factories.make_account(Role.CHAIR), factories.make_account(Role.TUTOR)
        meeting = convene(cohort, chair, member, factories.make_account(Role.EXTERNAL_EXAMINER))
        visitor = browser(chair)
        visitor.get(f"/boards/{meeting.ref}")
        with counting() as counted:
            assert visitor.get(f"/boards/{meeting.ref}").status_code == 200
        assert not counted.writes
        counts.add(len(counted.queries))
    assert len(counts) == 1, counts


def boxes() -> dict[str, str]:
    named = moment("resubmit_by", RESUBMIT_BY)
    return {name.replace("__", "-"): value for name, value in named.items()}
