"""The first page of every other role, and of nobody: tasks, empty states, links that open."""

import html
import re

import pytest

from lms import clock
from lms.access.actor import Role
from lms.accounts import operations as accounts
from lms.accounts.queries import account_by_id
from lms.accreditation.rules import Standing
from lms.board.queries import numbers
from lms.db import unit_of_work
from lms.organisations import operations as organisations
from lms.organisations.rules import Nation
from tests import factories
from tests.accreditation.register import look, make_accredited, make_employer, make_standing
from tests.accrediting.deciding import propose
from tests.board.world import BOARD_DAY, make_cohort_of, make_world
from tests.performance import bulk
from tests.performance.counting import counting

STAFF = [role for role in Role if role is not Role.ADVOCATE]


@pytest.fixture
def day(app):
    """The day of the board; the clock stands."""
    with clock.stopped(BOARD_DAY):
        yield app


def words(page) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def tasks(page) -> dict[str, str]:
    """Each task's title with where its button leads."""
    main = page.text.split("<main")[1].split("</main>")[0]
    found = {}
    for part in re.findall(
        r'<section class="next".*?</section>|<li class="pair">.*?</li>', main, re.DOTALL
    ):
        title = re.search(r"<h[23][^>]*>(.*?)</h[23]>", part, re.DOTALL)[1]
        href = re.search(r'class="govuk-button[^"]*" href="([^"]+)"', part)
        found[" ".join(html.unescape(title).split())] = href[1] if href else ""
    return found


def links(page) -> set[str]:
    """Everywhere that the page's own text leads within the house."""
    main = page.text.split("<main")[1].split("</main>")[0]
    return {html.unescape(each) for each in re.findall(r'href="(/[^"#]*)', main)}


def all_open(visitor, page) -> None:
    for href in links(page):
        answer = visitor.get(href)
        assert answer.status_code == 200, f"{href} answers {answer.status_code}"


@pytest.mark.parametrize("role", STAFF)
def test_a_role_with_nothing_to_do_has_a_page_whose_links_open(day, browser, role: Role) -> None:
    visitor = browser(factories.make_account(role))
    with counting() as counted:
        page = visitor.get("/")
    assert page.status_code == 200
    assert "Everywhere you can go" in page.text
    # One next step; everything else is outlined, and nothing stands there twice.
    assert page.text.count("govuk-button--secondary") == len(tasks(page)) - 1
    assert not counted.writes
    all_open(visitor, page)


def test_nobody_signed_in_reads_what_this_is_and_where_to_sign_in(day, browser) -> None:
    world = make_world((60, 60))
    world.ratify()
    page = browser().get("/")
    assert page.status_code == 200
    assert 'action="/sign-in"' in page.text
    assert "There is no public list of names" in words(page)
    for each in world.enrolments:
        for canary in (each.advocate.name, each.organisation.name, each.advocate.address):
            assert canary not in page.text
    assert browser().get("/check").status_code == 302


def test_no_front_page_names_an_advocate_or_an_employer(day, browser) -> None:
    world = make_world((60, 60), (60, 49))
    employer = make_employer()
    canaries = {each.advocate.name for each in world.enrolments}
    canaries |= {f"{each} Certificate" for each in canaries}
    canaries |= {each.organisation.name for each in world.enrolments}
    readers = [
        *world.tutors,
        world.registrar,
        world.chair,
        world.external,
        employer.coordinator,
        factories.make_account(Role.SUPERVISOR),
        factories.make_account(Role.ACCREDITOR),
        factories.make_account(Role.AUTHOR),
        factories.make_account(Role.ADMIN),
    ]
    for reader in readers:
        page = browser(reader).get("/")
        assert not {each for each in canaries if each in page.text}


# What each role has to do.


def test_a_tutor_sees_scripts_that_wait_and_marks_begun(day, browser) -> None:
    _, (assessment, _), _ = make_cohort_of([(60, None), (60, None)])
    first, second = factories.make_account(Role.TUTOR), factories.make_account(Role.TUTOR)
    assert tasks(browser(first).get("/"))["Marking"] == "/marking/"
    factories.allocate(assessment, first, second)
    title = assessment.brief.title
    assert tasks(browser(first).get("/"))[f"{title} (2)"] == "/marking/"
    factories.take_and_mark(assessment, first, factories.Stage.FIRST)
    with unit_of_work():
        factories.marking.take_next(
            assessment, factories.Stage.FIRST, actor=factories.actor_of(first)
        )
    found = tasks(browser(first).get("/"))
    assert "Marks to give (1)" in found
    assert not [each for each in found if each.startswith(title)], "nothing waits there"
    all_open(browser(first), browser(first).get("/"))


def test_a_registrar_sees_what_is_missing_and_each_intake(day, browser) -> None:
    registrar = factories.make_account(Role.REGISTRAR)
    found = tasks(browser(registrar).get("/"))
    assert found["Rulebook"] == "/regulations/"
    assert found["Content"] == "/authoring/"
    cohort = factories.make_cohort(year=2026)
    factories.make_enrolment(cohort)
    factories.make_enrolment(cohort, accepted=False)
    other = factories.make_actor(Role.REGISTRAR)
    with unit_of_work():
        organisations.name_organisation("Waiting Trust", Nation.SCOTLAND, actor=other)
    page = browser(registrar).get("/")
    found = tasks(page)
    assert "Rulebook" not in found
    assert found["Organisations (1)"] == "/organisations/"
    assert found["Intake of 2026"] == f"/programme/cohorts/{cohort.ref}"
    assert "1 enrolled, 1 offered, 0 completed." in words(page)
    all_open(browser(registrar), page)
    # Whoever named it is not asked to approve it.
    assert not [each for each in tasks(browser(_account(other)).get("/")) if "(1)" in each]


def test_a_registrars_role_that_waits_is_shown_to_another_registrar(day, browser) -> None:
    giver, asked = factories.make_actor(Role.REGISTRAR), factories.make_account(Role.REGISTRAR)
    new = factories.make_account(Role.TUTOR)
    with unit_of_work():
        accounts.grant_role(new, Role.REGISTRAR, actor=giver)
    assert tasks(browser(asked).get("/"))["Roles to confirm (1)"] == "/people/"
    assert "Roles to confirm (1)" not in tasks(browser(_account(giver)).get("/"))


def test_chair_and_members_see_their_board_until_it_has_decided(day, browser) -> None:
    world = make_world((60, 60))
    title = "Board of 18 June 2027"
    for reader in (world.chair, world.member, world.external, world.registrar):
        page = browser(reader).get("/")
        assert tasks(page)[title] == f"/boards/{world.meeting.ref}"
        assert numbers(world.meeting)[world.enrolments[0].id] not in page.text
    all_open(browser(world.chair), browser(world.chair).get("/"))
    other = factories.make_account(Role.CHAIR)
    assert title not in tasks(browser(other).get("/"))
    world.ratify()
    page = browser(world.chair).get("/")
    assert title not in tasks(page)
    assert "1 have decided." in words(page)


def test_accreditors_see_awards_and_what_another_proposed(day, browser) -> None:
    make_standing(Standing.AWARD_MADE)
    entry = make_standing(Standing.ACCREDITED)
    first, second = (factories.make_account(Role.ACCREDITOR) for _ in range(2))
    propose(entry, first, Standing.SUSPENDED)
    found = tasks(browser(second).get("/"))
    assert found["To confirm (1)"] == "/accreditation/proposals"
    assert found["Awards to decide on (1)"] == "/accreditation/proposals"
    own = tasks(browser(first).get("/"))
    assert "To confirm (0)" in own
    all_open(browser(second), browser(second).get("/"))


def test_a_coordinator_checks_and_sees_how_many_were_made(day, browser) -> None:
    employer = make_employer()
    visitor = browser(employer.coordinator)
    found = tasks(visitor.get("/"))
    assert found["Check an accreditation"] == "/check"
    assert found["Receipts (0)"] == "/check"
    look(visitor, make_accredited().number)
    assert "Receipts (1)" in tasks(visitor.get("/"))
    all_open(visitor, visitor.get("/"))


def test_a_coordinator_whose_organisation_is_not_approved_reads_so(day, browser) -> None:
    visitor = browser(make_employer(approved=False).coordinator)
    page = visitor.get("/")
    assert "not approved at present" in words(page)
    assert "Check an accreditation" not in tasks(page)
    all_open(visitor, page)


def test_coordinator_and_supervisor_see_how_many_work_with_them(day, browser) -> None:
    world = make_world((60, 60))
    organisation = world.enrolments[0].organisation
    for role in (Role.COORDINATOR, Role.SUPERVISOR):
        page = browser(factories.make_account(role, at=organisation)).get("/")
        assert f"{organisation.name} (1)" in tasks(page)
        assert world.enrolments[0].advocate.name not in page.text


def test_an_author_sees_what_was_published_last(day, browser) -> None:
    author = browser(factories.make_account(Role.AUTHOR))
    assert "Nothing is published yet." in words(author.get("/"))
    factories.make_content()
    assert "One version is published, the last on 18 June 2027." in words(author.get("/"))


def test_somebody_with_several_roles_finds_them_all(day, browser) -> None:
    everything = factories.make_account(*Role)
    page = browser(everything).get("/")
    assert page.status_code == 200
    assert "In your other roles" in page.text
    found = tasks(page)
    for title in ("Marking", "Rulebook", "Boards", "To confirm (0)", "People"):
        assert title in found or title == "Boards"
    all_open(browser(everything), page)


def test_front_pages_ask_as_much_of_two_hundred_people_as_of_24(app, browser) -> None:
    counts: dict[Role, set[int]] = {}
    for year, size in ((2026, 24), (2025, 200)):
        cohort = factories.make_cohort(year=year)
        employer = make_employer()
        bulk.fill(cohort, employer.organisation, size)
        for role in (Role.ACCREDITOR, Role.CHAIR, Role.ADMIN, Role.TUTOR, Role.SUPERVISOR):
            place = employer.organisation if role is Role.SUPERVISOR else None
            counts.setdefault(role, set()).add(
                _asked(browser, factories.make_account(role, at=place))
            )
        counts.setdefault(Role.COORDINATOR, set()).add(_asked(browser, employer.coordinator))
    assert all(len(asked) == 1 for asked in counts.values()), counts


def _asked(browser, account) -> int:
    visitor = browser(account)
    visitor.get("/")
    with counting() as counted:
        assert visitor.get("/").status_code == 200
    return len(counted.queries)


def _account(actor):
    return account_by_id(actor.person_id)
