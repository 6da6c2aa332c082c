"""An employer looks: who may, what is noted, and what an answer is worth later."""

from datetime import timedelta

import pytest

from lms import clock, vault
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.queries import actor_for
from lms.accreditation import operations
from lms.accreditation.operations import Proofs
from lms.accreditation.rules import Reason, Standing
from lms.db import unit_of_work
from lms.errors import NotFound, RuleBroken
from lms.organisations import operations as organisations
from tests import factories
from tests.accreditation.register import (
    BORN,
    SCOPE,
    enter,
    erase,
    filled,
    look,
    looks,
    make_accredited,
    make_employer,
    make_entry,
    make_standing,
    number_like,
)

pytestmark = pytest.mark.usefixtures("app")
DAY = timedelta(days=1)


def check(employer, number, born=BORN, *, actor=None, token="", reason=Reason.OFFER):
    actor = actor or actor_for(employer.coordinator)
    with unit_of_work():
        return operations.check(
            employer.organisation, Proofs(number, born), reason, token=token, actor=actor
        )


def test_a_coordinator_gets_standing_dates_scope_and_a_reference() -> None:
    entry, employer = make_accredited(), make_employer()
    found = check(employer, entry.number)
    assert found.entry_id == entry.id
    assert found.answer == {
        "standing": "accredited",
        "from_on": clock.today().isoformat(),
        "until_on": (clock.today() + 1000 * DAY).isoformat(),
        "scope": SCOPE,
        "conditions": [],
    }
    assert found.ref.startswith("CHK-")


@pytest.mark.parametrize("standing", list(Standing))
def test_every_standing_is_answered_by_its_name(standing: Standing) -> None:
    found = check(make_employer(), make_standing(standing).number)
    assert found.answer["standing"] == standing


def test_every_look_is_in_the_trail_and_says_neither_number_nor_name() -> None:
    entry, employer = make_accredited(name="Ada Canary"), make_employer()
    for number in (entry.number, number_like(entry)):
        found = check(employer, number)
        (noted,) = [e for e in factories.trail.all_entries() if e.subject == found.ref]
        assert (noted.event, noted.actor) == ("accreditation checked", employer.coordinator.ref)
        assert employer.organisation.ref in noted.facts
        assert number not in noted.facts
        assert "Canary" not in noted.facts


def test_the_number_that_was_typed_is_kept_as_a_keyed_hash_alone() -> None:
    number = number_like()
    found = check(make_employer(), number)
    kept = [str(value) for name, value in vars(found).items() if not name.startswith("_")]
    assert not any(number in each or BORN.isoformat() in each for each in kept)
    assert found.number_hash != vault.digest(f"number:{number}")
    assert found.number_hash == vault.keys().sign(f"number:{number}".encode())


def test_only_a_coordinator_of_that_organisation_looks() -> None:
    entry, employer, other = make_accredited(), make_employer(), make_employer()
    actors = [factories.make_actor(role) for role in Role]
    actors += [actor_for(other.coordinator), actor_for(entry.holder)]
    actors.append(factories.make_actor(Role.SUPERVISOR, at=employer.organisation))
    for actor in actors:
        with pytest.raises(NotFound):
            check(employer, entry.number, actor=actor)
    assert not looks()


def test_nobody_looks_for_an_organisation_that_is_not_approved() -> None:
    entry, employer = make_accredited(), make_employer(approved=False)
    with pytest.raises(RuleBroken, match="not approved"):
        check(employer, entry.number)
    with unit_of_work():
        organisations.approve(employer.organisation, actor=SYSTEM)
    assert check(employer, entry.number).answer
    with unit_of_work():
        organisations.withdraw_approval(employer.organisation, "Closed.", actor=SYSTEM)
    with pytest.raises(RuleBroken, match="not approved"):
        check(employer, entry.number)
    assert len(looks()) == 1


def test_an_unapproved_organisations_page_has_no_form_and_takes_none(browser) -> None:
    entry, employer = make_accredited(), make_employer(approved=False)
    visitor = browser(employer.coordinator)
    page = visitor.get("/check")
    assert page.status_code == 200
    assert 'name="number"' not in page.text
    sent = {name.replace("__", "-"): v for name, v in filled(entry.number).items()}
    answer = visitor.post("/check", organisation=employer.organisation.ref, **sent)
    assert answer.status_code == 422
    assert not looks()


def test_nobody_looks_in_the_name_of_another_organisation(browser) -> None:
    entry, employer, other = make_accredited(), make_employer(), make_employer()
    answer = look(browser(employer.coordinator), entry.number, organisation=other.organisation.ref)
    assert answer.status_code == 422
    assert not looks()


def test_a_wrong_check_character_is_an_error_of_form_and_no_look(browser) -> None:
    entry, employer = make_accredited(), make_employer()
    wrong = entry.number[:-1] + ("A" if entry.number[-1] != "A" else "B")
    answer = look(browser(employer.coordinator), wrong)
    assert answer.status_code == 422
    assert "one symbol is wrong" in answer.text
    # Everything else that was typed is still there.
    assert f'value="{BORN.year}"' in answer.text
    assert wrong in answer.text
    assert not looks()
    assert "accreditation checked" not in {e.event for e in factories.trail.all_entries()}


@pytest.mark.parametrize(
    "left_out", ["number", "born_on__day", "reason", "seen_identity", "they_know"]
)
def test_nothing_is_looked_up_before_everything_is_filled_in(browser, left_out: str) -> None:
    entry, employer = make_accredited(), make_employer()
    fields = filled(entry.number)
    fields[left_out] = ""
    answer = browser(employer.coordinator).fill_in("/check", **fields)
    assert answer.status_code == 422
    assert not looks()


# An answer is true at its moment.


def test_a_later_change_does_not_rewrite_an_old_receipt(browser) -> None:
    entry, employer = make_accredited(), make_employer()
    visitor = browser(employer.coordinator)
    first = look(visitor, entry.number)
    address = first.request.path
    enter(entry, Standing.REVOKED)
    again = visitor.get(address)
    assert "Accredited" in again.text
    assert "revoked" not in again.text.casefold()
    assert "Not accredited: revoked" in look(visitor, entry.number).text


def test_a_corrected_name_does_not_rewrite_an_old_receipt(browser) -> None:
    at = clock.now()
    with clock.stopped(at):
        entry, employer = make_accredited(name="Ada Before"), make_employer()
        visitor = browser(employer.coordinator)
        first = look(visitor, entry.number)
    with clock.stopped(at + timedelta(minutes=5)):
        with unit_of_work():
            accounts.record_identity(
                entry.holder, "Ada After", BORN, reason="Married.", actor=SYSTEM
            )
        assert "Ada Before" in visitor.get(first.request.path).text
        assert "Ada After" in look(visitor, entry.number).text


def test_an_old_receipt_stays_readable_when_the_personal_record_is_gone(browser) -> None:
    entry, employer = make_accredited(name="Ada Gone"), make_employer()
    visitor = browser(employer.coordinator)
    first = look(visitor, entry.number)
    erase(entry)
    page = visitor.get(first.request.path)
    assert page.status_code == 200
    assert "Ada Gone" not in page.text
    assert entry.number in page.text


# Pressed twice.


def test_the_same_form_sent_twice_is_one_look(browser) -> None:
    entry, employer = make_accredited(), make_employer()
    visitor = browser(employer.coordinator)
    token = visitor.token()
    sent = {name.replace("__", "-"): v for name, v in filled(entry.number).items()}
    sent |= {"organisation": employer.organisation.ref, "token": "t" * 32, "csrf_token": token}
    first = visitor.client.post("/check", data=sent)
    second = visitor.client.post("/check", data=sent)
    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    (once,) = looks()
    assert factories.trail_of(once.ref) == ["accreditation checked"]


def test_each_page_brings_a_form_of_its_own(browser) -> None:
    entry, employer = make_accredited(), make_employer()
    visitor = browser(employer.coordinator)
    assert look(visitor, entry.number).request.path != look(visitor, entry.number).request.path
    assert len(looks()) == 2


def test_a_form_sent_again_with_anything_changed_is_another_look() -> None:
    entry, employer = make_accredited(), make_employer()
    other = make_entry()
    colleague = factories.make_actor(Role.COORDINATOR, at=employer.organisation)
    first = check(employer, entry.number, BORN + DAY, token="t")
    assert first.answer is None
    # The date put right in the same form must not get the old "no match".
    assert check(employer, entry.number, token="t").answer
    check(employer, other.number, token="t")
    check(employer, entry.number, token="t", reason=Reason.ROLE)
    check(employer, entry.number, token="t", actor=colleague)
    assert len({each.ref for each in looks()}) == 5
    assert check(employer, entry.number, BORN + DAY, token="t").ref == first.ref


def test_without_a_token_each_look_is_its_own() -> None:
    entry, employer = make_accredited(), make_employer()
    assert check(employer, entry.number).ref != check(employer, entry.number).ref
