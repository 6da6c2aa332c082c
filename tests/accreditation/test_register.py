"""The register as it is kept: one entry a person, one number for life, listed by accreditors."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InternalError

from lms import clock, refs
from lms.access.actor import SYSTEM, Role
from lms.accreditation import operations, queries
from lms.accreditation.models import StandingEvent
from lms.accreditation.rules import Kind, Standing, Terms
from lms.db import db, unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from tests import factories
from tests.accreditation.register import (
    Warrant,
    award,
    enter,
    green,
    look,
    make_accredited,
    make_employer,
    make_entry,
    make_standing,
    withhold,
)

pytestmark = pytest.mark.usefixtures("app")
DAY = timedelta(days=1)


def standing(entry) -> Standing:
    return queries.standing_of(entry, clock.today()).standing


def test_the_number_given_in_training_is_kept_through_every_standing() -> None:
    entry = make_entry()
    number = entry.number
    award(entry)
    enter(entry, Standing.ACCREDITED, **green())
    enter(entry, Standing.SUSPENDED, until_on=clock.today() + DAY)
    enter(entry, Standing.ACCREDITED, **green())
    enter(entry, Standing.WITHDRAWN)
    again = _train(entry.holder)
    assert again.id == entry.id
    assert again.number == number
    assert standing(entry) is Standing.IN_TRAINING
    assert factories.trail_of(entry.ref).count("register entry opened") == 1


def test_whoever_trains_again_after_a_revocation_stays_revoked() -> None:
    entry = make_standing(Standing.REVOKED)
    _train(entry.holder)
    assert standing(entry) is Standing.REVOKED
    award(entry)
    assert standing(entry) is Standing.REVOKED


def test_an_award_does_not_undo_what_two_accreditors_decided() -> None:
    for kept in (Standing.ACCREDITED, Standing.SUSPENDED, Standing.WITHDRAWN):
        entry = make_standing(kept)
        award(entry)
        assert standing(entry) is kept


def test_an_award_without_an_entry_is_no_silent_loss() -> None:
    nobody = factories.make_account().id
    with pytest.raises(NotFound), unit_of_work():
        operations.record_award(nobody, Warrant("BRD"), authority="DEC", actor=SYSTEM)


def test_no_decision_is_entered_twice() -> None:
    entry, warrant = award(make_entry()), Warrant(refs.new("PRP"))
    terms = Terms(Standing.ACCREDITED, clock.today(), **green())
    with unit_of_work():
        operations.change_standing(entry, terms, warrant, actor=SYSTEM)
    with pytest.raises(Conflict), unit_of_work():
        operations.change_standing(entry, terms, warrant, actor=SYSTEM)
    assert len(queries.events_of(entry.id)) == 3


def test_what_does_not_hold_together_or_cannot_follow_is_not_entered() -> None:
    entry = make_entry()
    for terms in (
        Terms(Standing.ACCREDITED, clock.today(), **green()),
        Terms(Standing.WITHDRAWN, clock.today(), clock.today() - DAY),
    ):
        with pytest.raises(RuleBroken), unit_of_work():
            operations.change_standing(entry, terms, Warrant("PRP"), actor=SYSTEM)
    assert len(queries.events_of(entry.id)) == 1


def test_a_record_is_withheld_once_and_shown_again_once() -> None:
    entry = withhold(make_accredited())
    with pytest.raises(RuleBroken, match="withheld already"):
        withhold(entry)
    withhold(entry, Kind.SHOWN)
    with pytest.raises(RuleBroken, match="nothing to show again"):
        withhold(entry, Kind.SHOWN)
    assert standing(entry) is Standing.ACCREDITED


def test_nobody_but_an_accreditor_with_a_proposal_changes_an_entry() -> None:
    entry = award(make_entry())
    terms = Terms(Standing.ACCREDITED, clock.today(), **green())
    actors = [factories.make_actor(role) for role in Role if role is not Role.ACCREDITOR]
    for actor in actors:
        with pytest.raises(NotFound), unit_of_work():
            operations.change_standing(entry, terms, Warrant("PRP"), actor=actor)
        with pytest.raises(NotFound), unit_of_work():
            operations.withhold(entry, Kind.WITHHELD, Warrant("PRP"), actor=actor)
    assert standing(entry) is Standing.AWARD_MADE


def test_the_database_itself_refuses_to_rewrite_the_register() -> None:
    entry = make_accredited()
    operations_ = [
        f"UPDATE register_entry SET number = 'AC-0000-0000-A' WHERE id = {entry.id}",
        "DELETE FROM register_entry",
        "UPDATE standing_event SET until_on = '2099-01-01'",
        "DELETE FROM standing_event",
    ]
    for statement in operations_:
        with (
            pytest.raises((IntegrityError, InternalError), match="never changed or removed"),
            db.engine.begin() as connection,
        ):
            connection.execute(text(statement))


def test_two_events_never_take_the_same_place_in_an_entry() -> None:
    entry = make_entry()
    (first,) = queries.events_of(entry.id)
    with pytest.raises(Conflict), unit_of_work():
        db.session.add(
            StandingEvent(
                entry_id=entry.id,
                seq=first.seq,
                kind=Kind.STANDING,
                standing=Standing.ACCREDITED,
                from_on=clock.today(),
                scope="",
                conditions=[],
                authority="PRP-OTHER",
                entered_by="USR",
                entered_at=clock.now(),
            )
        )


# Reading it.


def test_only_accreditors_list_the_register(browser) -> None:
    entry = make_accredited()
    assert (
        entry.number in browser(factories.make_account(Role.ACCREDITOR)).get("/accreditation/").text
    )
    for role in set(Role) - {Role.ACCREDITOR}:
        page = browser(factories.make_account(role)).get("/accreditation/")
        assert page.status_code == 403
        assert entry.number not in page.text
    assert browser().get("/accreditation/").status_code == 302


def test_it_is_searched_by_part_of_a_number_or_of_a_name(browser) -> None:
    first, second = make_accredited(name="Ada Example"), make_accredited(name="Ben Öther")
    visitor = browser(factories.make_account(Role.ACCREDITOR))
    for sought, found in (("ada ex", first), (second.number[3:7], second), ("BEN ÖTH", second)):
        page = visitor.get("/accreditation/", query_string={"q": sought}).text
        other = second if found is first else first
        assert found.number in page
        assert other.number not in page or sought in other.number
    nothing = visitor.get("/accreditation/", query_string={"q": "<script>zz"})
    assert "No entry matches" in nothing.text
    assert "<script>zz" not in nothing.text
    everything = visitor.get("/accreditation/", query_string={"q": "%_%"}).text
    assert first.number in everything
    assert second.number in everything


def test_accreditors_see_that_a_record_is_withheld(browser) -> None:
    entry = withhold(make_accredited())
    visitor = browser(factories.make_account(Role.ACCREDITOR))
    for path in ("/accreditation/", f"/accreditation/{entry.ref}"):
        assert "Withheld" in visitor.get(path).text


def test_nobody_else_ever_reads_the_word_withheld(browser) -> None:
    entry, employer = withhold(make_accredited()), make_employer()
    page = look(browser(employer.coordinator), entry.number)
    assert "ithheld" not in page.text
    assert "ithheld" not in browser(employer.coordinator).get("/check").text
    assert "ithheld" not in browser(entry.holder).get("/my/accreditation").text


def test_an_empty_register_says_when_that_changes(browser) -> None:
    page = browser(factories.make_account(Role.ACCREDITOR)).get("/accreditation/")
    assert "The register is empty" in page.text


def test_an_entry_shows_what_happened_and_on_whose_authority(browser) -> None:
    entry = make_standing(Standing.SUSPENDED)
    page = browser(factories.make_account(Role.ACCREDITOR)).get(f"/accreditation/{entry.ref}")
    said = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
    for event in queries.events_of(entry.id):
        assert event.authority in said
    order = [said.rindex(word) for word in ("Suspended", "Award made", "In training")]
    assert order == sorted(order)


def _train(holder):
    with unit_of_work():
        return operations.open_entry(
            Warrant(refs.new("ENR"), holder.id),
            holder,
            clock.today() + timedelta(days=700),
            actor=SYSTEM,
        )
