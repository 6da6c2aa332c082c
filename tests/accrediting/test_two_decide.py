"""One accreditor proposes and another confirms; only then does the register say it."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InternalError

from lms import clock
from lms.access.actor import SYSTEM
from lms.accreditation import operations as register
from lms.accreditation.queries import events_of, standing_of
from lms.accreditation.rules import Kind, Standing, is_withheld
from lms.accrediting import queries
from lms.accrediting.models import ProposalEnd
from lms.accrediting.rules import Verdict
from lms.db import db, unit_of_work
from lms.errors import Conflict, RuleBroken
from lms.outbox import Message
from tests import factories
from tests.accreditation.register import SCOPE, Warrant, make_entry
from tests.accrediting.deciding import confirm, decline, propose, standing, terms

S = Standing
DAY = timedelta(days=1)


def test_a_proposal_alone_changes_nothing(case) -> None:
    proposal = propose(case.entry, case.first)
    assert standing(case.entry) is S.AWARD_MADE
    assert queries.end_of(proposal) is None
    assert [each.ref for each in queries.waiting()] == [proposal.ref]
    assert factories.trail_of(proposal.ref) == ["standing proposed"]


def test_with_the_second_word_dates_scope_and_standing_are_in_the_register(case) -> None:
    number = case.entry.number
    proposal = propose(case.entry, case.first)
    confirm(proposal, case.second)
    held = standing_of(case.entry, clock.today())
    assert held == terms(S.ACCREDITED)
    assert held.scope == SCOPE
    assert case.entry.number == number
    event = events_of(case.entry.id)[-1]
    assert (event.authority, event.entered_by) == (proposal.ref, case.second.ref)
    assert factories.trail_of(proposal.ref) == ["standing proposed", "standing confirmed"]
    assert factories.trail_of(case.entry.ref)[-1] == "standing changed"
    assert not queries.waiting()
    assert not queries.awarded(clock.today())


def test_the_proposal_names_the_award_it_rests_on(case) -> None:
    proposal = propose(case.entry, case.first)
    assert proposal.award == case.world.decision().ref


def test_the_person_gets_one_neutral_message_when_it_is_decided(case) -> None:
    proposal = propose(case.entry, case.first)
    db.session.rollback()
    assert not [m for m in db.session.query(Message) if proposal.ref in m.key]
    confirm(proposal, case.second)
    (message,) = (m for m in db.session.query(Message) if proposal.ref in m.key)
    assert (message.kind, message.recipient) == ("neutral", case.entry.holder.ref)
    assert message.sealed is None


def test_conditions_suspension_restoration_and_revocation_each_take_two(case) -> None:
    way = [
        (S.ACCREDITED_WITH_CONDITIONS, S.AWARD_MADE),
        (S.SUSPENDED, S.ACCREDITED_WITH_CONDITIONS),
        (S.ACCREDITED, S.SUSPENDED),
        (S.WITHDRAWN, S.ACCREDITED),
        (S.ACCREDITED, S.WITHDRAWN),
        (S.REVOKED, S.ACCREDITED),
    ]
    for n, (to, before) in enumerate(way):
        one, other = (case.first, case.second) if n % 2 else (case.second, case.first)
        proposal = propose(case.entry, one, to)
        assert standing(case.entry) is before
        confirm(proposal, other)
        assert standing(case.entry) is to
    with pytest.raises(RuleBroken, match="can’t follow “revoked”"):
        propose(case.entry, case.first, S.ACCREDITED)


def test_withholding_and_showing_take_two(case) -> None:
    for kind, hidden in ((Kind.WITHHELD, True), (Kind.SHOWN, False)):
        proposal = propose(case.entry, case.first, kind)
        assert is_withheld(events_of(case.entry.id)) is not hidden
        confirm(proposal, case.second)
        assert is_withheld(events_of(case.entry.id)) is hidden
        with pytest.raises(RuleBroken):
            propose(case.entry, case.first, kind)
    assert standing(case.entry) is S.AWARD_MADE


def test_declining_leaves_the_register_and_says_why(case) -> None:
    proposal = propose(case.entry, case.first)
    decline(proposal, case.second, "A reference is missing.")
    assert standing(case.entry) is S.AWARD_MADE
    assert queries.end_of(proposal).verdict == Verdict.DECLINED
    assert queries.reason_of(proposal).declined == "A reference is missing."
    assert factories.trail_of(proposal.ref)[-1] == "standing declined"
    assert propose(case.entry, case.first)


def test_nothing_is_decided_twice(case) -> None:
    confirmed = propose(case.entry, case.first)
    confirm(confirmed, case.second)
    for again in (confirm, decline):
        with pytest.raises(Conflict, match="decided already"):
            again(confirmed, case.second)
    declined = propose(case.entry, case.first, S.SUSPENDED)
    decline(declined, case.second)
    with pytest.raises(Conflict, match="decided already"):
        confirm(declined, case.second)
    assert standing(case.entry) is S.ACCREDITED
    assert [e.authority for e in events_of(case.entry.id)].count(confirmed.ref) == 1


def test_one_proposal_at_a_time_waits_for_a_person(case) -> None:
    propose(case.entry, case.first)
    with pytest.raises(Conflict, match="waits already"):
        propose(case.entry, case.second, S.WITHDRAWN)


def test_the_register_has_the_last_word_when_time_has_passed(case) -> None:
    # What was proposed could follow then; now it can't, and it is refused, not bent.
    proposal = propose(case.entry, case.first)
    with unit_of_work():
        register.change_standing(case.entry, terms(S.WITHDRAWN), Warrant("PRP-A"), actor=SYSTEM)
        register.open_entry(
            Warrant("ENR-B", case.entry.holder_id),
            case.entry.holder,
            clock.today() + 90 * DAY,
            actor=SYSTEM,
        )
    with pytest.raises(RuleBroken, match="can’t follow “in training”"):
        confirm(proposal, case.second)
    assert queries.end_of(proposal) is None
    decline(proposal, case.second)


# What can't be proposed.


def test_nobody_without_an_award_is_accredited(day_after) -> None:
    accreditor, entry = factories.make_account("accreditor"), make_entry()
    for green in (S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS):
        with pytest.raises(RuleBroken, match="without an award"):
            propose(entry, accreditor, green)
    assert not queries.waiting()


@pytest.mark.parametrize(
    ("what", "given", "sentence"),
    [
        (S.ACCREDITED, {"scope": ""}, "may practise"),
        (S.ACCREDITED, {"until_on": None}, "last day"),
        (S.ACCREDITED, {"from_on": "later"}, "before the first"),
        (S.ACCREDITED_WITH_CONDITIONS, {"conditions": ()}, "Conditions belong"),
        (S.ACCREDITED, {"conditions": ("A",)}, "Conditions belong"),
        (S.SUSPENDED, {}, "can’t follow “award made”"),
        (S.REVOKED, {}, "can’t follow “award made”"),
        (S.ACCREDITED, {"reason": " "}, "Say why"),
    ],
)
def test_what_is_incomplete_or_cannot_follow_is_refused(
    case, what: Standing, given: dict, sentence: str
) -> None:
    if given.get("from_on") == "later":
        given = {"from_on": clock.today() + 5000 * DAY}
    with pytest.raises(RuleBroken, match=sentence):
        propose(case.entry, case.first, what, **given)
    assert not queries.waiting()
    assert standing(case.entry) is S.AWARD_MADE


def test_what_was_declined_without_a_reason_still_waits(case) -> None:
    proposal = propose(case.entry, case.first)
    with pytest.raises(RuleBroken, match="Say why"):
        decline(proposal, case.second, "  ")
    assert queries.end_of(proposal) is None


# The database itself.


def test_the_database_keeps_proposals_and_lets_each_end_once(case) -> None:
    proposal = propose(case.entry, case.first)
    confirm(proposal, case.second)
    for statement in (
        "UPDATE proposal SET standing = 'accredited', until_on = '2099-01-01'",
        "DELETE FROM proposal",
        "UPDATE proposal_end SET verdict = 'declined'",
        "DELETE FROM proposal_end",
    ):
        with (
            pytest.raises((IntegrityError, InternalError), match="never changed or removed"),
            db.engine.begin() as connection,
        ):
            connection.execute(text(statement))
    with pytest.raises(Conflict), unit_of_work():
        db.session.add(
            ProposalEnd(
                proposal_id=proposal.id,
                verdict=Verdict.DECLINED,
                decided_by_id=case.second.id,
                decided_at=clock.now(),
            )
        )
