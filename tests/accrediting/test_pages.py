"""The accreditors' pages: propose, read why, confirm or decline."""

import html
import re
from datetime import timedelta

from lms import clock, refs
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accreditation.rules import Standing
from lms.accrediting import queries
from lms.db import unit_of_work
from tests import factories
from tests.accreditation.register import SCOPE, make_entry
from tests.accrediting.deciding import REASON, propose, standing
from tests.support.pages import day


def words(page) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def filled(what: str = "accredited", **changes: object) -> dict[str, object]:
    today = clock.today()
    return {
        "what": what,
        **day("from_on", today),
        **day("until_on", today + timedelta(days=1000)),
        "scope": SCOPE,
        "conditions": "",
        "reason": REASON,
        **changes,
    }


def test_one_proposes_and_another_confirms_through_pages(case, browser) -> None:
    first, second = browser(case.first), browser(case.second)
    assert case.entry.number in first.get("/accreditation/proposals").text
    page = first.fill_in(f"/accreditation/{case.entry.ref}/propose", **filled())
    assert "Your proposal waits for a second accreditor." in page.text
    assert standing(case.entry) is Standing.AWARD_MADE
    address = page.request.path
    assert "Confirm the proposal" not in page.text
    assert first.post(f"{address}/confirm").status_code == 404
    said = words(second.get(address))
    assert REASON in said
    assert case.first.name in said
    assert case.world.decision().ref in said
    assert SCOPE in said
    done = second.post(f"{address}/confirm")
    assert done.status_code == 302
    assert standing(case.entry) is Standing.ACCREDITED
    assert "It is confirmed" in second.get(done.location).text
    again = second.post(f"{address}/confirm")
    assert again.status_code == 409
    assert "decided already" in again.text


def test_conditions_are_typed_one_a_line(case, browser) -> None:
    page = browser(case.first).fill_in(
        f"/accreditation/{case.entry.ref}/propose",
        **filled("accredited_with_conditions", conditions="Supervision.\r\n\r\nNo nights.\r\n"),
    )
    assert page.status_code == 200
    (proposal,) = queries.waiting()
    assert proposal.conditions == ["Supervision.", "No nights."]


def test_a_record_is_withheld_through_pages_and_the_page_says_what_that_does(case, browser) -> None:
    first, second = browser(case.first), browser(case.second)
    page = first.fill_in(
        f"/accreditation/{case.entry.ref}/propose",
        **filled("withheld", scope="", reason="Somebody is looking for them."),
    )
    address = page.request.path
    said = words(second.get(address))
    assert "every check answers “No match”" in said
    assert second.post(f"{address}/confirm").status_code == 302
    entry = words(second.get(f"/accreditation/{case.entry.ref}"))
    assert "Withheld" in entry
    assert "This record is withheld for the person’s safety" in entry
    assert standing(case.entry) is Standing.AWARD_MADE


def test_declining_needs_a_reason_and_keeps_the_register(case, browser) -> None:
    proposal = propose(case.entry, case.first)
    second = browser(case.second)
    address = f"/accreditation/proposals/{proposal.ref}"
    for reason in ("", "   "):
        assert second.post(f"{address}/decline", reason=reason).status_code == 422
    assert queries.end_of(proposal) is None
    assert second.post(f"{address}/decline", reason="A reference is missing.").status_code == 302
    said = words(browser(case.first).get(address))
    assert "A reference is missing." in said
    assert case.second.name in said
    assert standing(case.entry) is Standing.AWARD_MADE


FAULTS: list[dict[str, str]] = [
    {"what": ""},
    {"what": "in_training"},
    {"reason": ""},
    {"reason": "   "},
    {"reason": "Because\x00"},
    {"scope": "Every\x00where"},
    {"from_on__day": "31", "from_on__month": "2"},
    {"from_on__day": "", "from_on__month": "", "from_on__year": ""},
    {"until_on__year": "2020"},
    {"conditions": "Supervision."},
    {"conditions": "Super\x00vision."},
]


def test_a_proposal_that_is_not_whole_is_refused_and_what_was_typed_is_kept(
    day_after, browser
) -> None:
    entry = make_entry()
    visitor = browser(factories.make_account(Role.ACCREDITOR))
    address = f"/accreditation/{entry.ref}/propose"
    whole = filled("withdrawn", scope="")
    for changes in FAULTS:
        page = visitor.fill_in(address, **{**whole, **changes})
        assert page.status_code == 422, changes
        assert "<title>Error: " in page.text
        assert "reason" in changes or html.escape(REASON) in page.text
        assert not queries.waiting()
    # Each fault by itself was the reason: without one, it is taken.
    assert visitor.fill_in(address, **whole).status_code == 200
    assert len(queries.waiting()) == 1


def test_an_accreditation_asks_for_its_last_day_and_its_scope(case, browser) -> None:
    visitor = browser(case.first)
    address = f"/accreditation/{case.entry.ref}/propose"
    no_last_day = {f"until_on__{box}": "" for box in ("day", "month", "year")}
    for changes, said in (
        ({"scope": ""}, "Say what the person may practise."),
        (no_last_day, "Give the last day"),
    ):
        page = visitor.fill_in(address, **filled(**changes))
        assert page.status_code == 422
        assert said in page.text
    assert not queries.waiting()


def test_without_an_award_the_page_says_so_and_refuses(day_after, browser) -> None:
    entry = make_entry()
    visitor = browser(factories.make_account(Role.ACCREDITOR))
    address = f"/accreditation/{entry.ref}/propose"
    assert "There is no award of the board yet" in visitor.get(address).text
    page = visitor.fill_in(address, **filled())
    assert page.status_code == 422
    assert "without an award" in page.text
    assert (
        "Nobody is accredited without an award" in visitor.get(f"/accreditation/{entry.ref}").text
    )


def test_who_is_involved_reads_that_others_decide(case, browser) -> None:
    marker = case.world.tutors[0]
    with unit_of_work():
        accounts.grant_role(marker, Role.ACCREDITOR, actor=SYSTEM)
    visitor = browser(marker)
    page = visitor.get(f"/accreditation/{case.entry.ref}")
    assert "So others propose and confirm." in page.text
    assert "Propose a change" not in page.text
    assert visitor.get(f"/accreditation/{case.entry.ref}/propose").status_code == 404
    proposal = propose(case.entry, case.first)
    address = f"/accreditation/proposals/{proposal.ref}"
    assert "Confirm the proposal" not in visitor.get(address).text
    assert visitor.post(f"{address}/confirm").status_code == 404
    assert visitor.post(f"{address}/decline", reason="No.").status_code == 404
    assert queries.end_of(proposal) is None


def test_a_second_proposal_is_refused_beside_the_field(case, browser) -> None:
    propose(case.entry, case.first)
    page = browser(case.second).fill_in(
        f"/accreditation/{case.entry.ref}/propose", **filled("withdrawn", scope="")
    )
    assert page.status_code == 422
    assert "waits already" in page.text


def test_nobody_else_finds_these_pages(case, browser) -> None:
    proposal = propose(case.entry, case.first)
    never = f"/accreditation/proposals/{refs.new('PRP')}"
    paths = [
        f"/accreditation/{case.entry.ref}",
        f"/accreditation/{case.entry.ref}/propose",
        f"/accreditation/proposals/{proposal.ref}",
    ]
    others = [
        case.world.registrar,
        case.world.chair,
        case.world.tutors[0],
        case.entry.holder,
        factories.make_account(Role.COORDINATOR),
        factories.make_account(Role.ADMIN),
    ]
    for other in others:
        visitor = browser(other)
        assert visitor.get("/accreditation/proposals").status_code == 403
        for path in (*paths, never):
            assert visitor.get(path).status_code == 404
        assert visitor.post(f"{paths[2]}/confirm").status_code == 404
        assert visitor.post(f"{paths[1]}").status_code == 404
    assert queries.end_of(proposal) is None


def test_an_entry_or_a_proposal_that_is_not_there_is_not_found(day_after, browser) -> None:
    visitor = browser(factories.make_account(Role.ACCREDITOR))
    for path in (refs.new("ENT"), f"{refs.new('ENT')}/propose", f"proposals/{refs.new('PRP')}"):
        assert visitor.get(f"/accreditation/{path}").status_code == 404


def test_deciding_asks_for_a_fresh_proof_of_identity(case, browser) -> None:
    proposal = propose(case.entry, case.first)
    second = browser(case.second)
    address = f"/accreditation/proposals/{proposal.ref}"
    with clock.stopped(clock.now() + timedelta(minutes=20)):
        assert "Confirm the proposal" not in second.get(address).text
    assert "Confirm the proposal" in second.get(address).text


def test_what_waits_is_listed_and_an_empty_list_says_when_that_changes(case, browser) -> None:
    visitor = browser(case.second)
    assert "No proposal waits" in visitor.get("/accreditation/proposals").text
    propose(case.entry, case.first)
    said = words(visitor.get("/accreditation/proposals"))
    assert "A second accreditor, perhaps you" in said
    own = words(browser(case.first).get("/accreditation/proposals"))
    assert "Another accreditor: you proposed it" in own
