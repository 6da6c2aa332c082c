"""Reconciling: only after both marks, side by side, with a reason, and never with oneself."""

import re
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from lms import refs
from lms.access.actor import Role
from lms.db import unit_of_work
from lms.errors import Conflict, NotFound, RuleBroken
from lms.marking import operations, queries
from lms.marking.events import Progress
from lms.marking.models import Claim
from lms.marking.rules import Stage
from lms.marking.stream import Marks
from tests.factories import actor_of, make_account, make_actor, some_marks, trail_of
from tests.marking.conftest import REASON, Desk
from tests.support.pages import Visitor


def words(page: TestResponse) -> str:
    """What a page says, without the numbers by which the tests name people."""
    plain = unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\xa0", " ")
    return " ".join(re.sub(r"(Person|Organisation) \d+", r"\1", plain).split())


def path_of(claim: Claim) -> str:
    return f"/marking/scripts/{claim.ref}/reconcile"


def proposal(desk: Desk, points: int = 62, reason: str = REASON) -> dict[str, str]:
    numbers = {f"points-{key}": str(points) for key in desk.keys}
    comments = {f"comment-{key}": f"Both of us on {key}." for key in desk.keys}
    return {**numbers, **comments, "overall": "Keep the care.", "reason": reason}


def propose(visitor: Visitor, claim: Claim, desk: Desk, **changes: Any) -> TestResponse:
    data = {"csrf_token": visitor.token(), **proposal(desk, **changes)}
    answer: TestResponse = visitor.client.post(path_of(claim), data=data, follow_redirects=True)
    return answer


def progress(desk: Desk) -> Progress:
    return queries.script_of(desk.submission).marking.progress


@pytest.mark.parametrize("given", [[], [Stage.FIRST], [Stage.SECOND]])
def test_before_both_marks_are_given_there_is_nothing_to_see_or_propose(
    browser: Any, desk: Desk, given: list[Stage]
) -> None:
    claims = [desk.marked(s, 97) if s in given else desk.taken(s) for s in Stage]
    for claim, marker in zip(claims, (desk.first, desk.second), strict=True):
        visitor = browser(marker)
        for page in (visitor.get(path_of(claim)), propose(visitor, claim, desk)):
            assert "Both marks have to be given" in page.text
            assert not re.search(r"\b97\b", words(page))
        with pytest.raises(RuleBroken, match="Both marks have to be given"), unit_of_work():
            operations.propose(
                desk.submission, some_marks(claim, reason=REASON), actor=actor_of(marker)
            )


def test_both_marks_stand_side_by_side_with_how_far_they_lie_apart(
    browser: Any, desk: Desk
) -> None:
    first, second = desk.both_marked(60, 67)
    for claim, marker in ((first, desk.first), (second, desk.second)):
        said = words(browser(marker).get(path_of(claim)))
        assert said.count("60 67 7") >= len(desk.keys)
        assert "Weighted mark 60 67 7" in said
        assert said.count(f"Comment on {desk.keys[0]}.") >= 2


def test_one_proposes_with_a_reason_and_the_other_agrees(browser: Any, desk: Desk) -> None:
    first, second = desk.both_marked()
    page = propose(browser(desk.first), first, desk)
    assert "Your proposal waits for the other marker." in page.text
    other = browser(desk.second)
    shown = other.get(path_of(second))
    assert "The other marker made a proposal" in shown.text
    assert REASON in shown.text
    form = re.search(r'action="(/marking/scripts/[^"]+/agree/[^"]+)"', shown.text)
    assert form
    done = other.post(form[1])
    assert done.status_code == 302
    given = queries.reconciled_mark(desk.submission)
    assert set(given.marks.values()) == {62}
    assert given.comments["reason"] == REASON
    assert trail_of(desk.submission.ref)[-2:] == ["reconciliation proposed", "marks reconciled"]
    settled = words(other.get(path_of(second)))
    assert "You are both agreed, and the mark stands." in settled
    assert "Propose" not in settled


@pytest.mark.parametrize("reason", ["", "   ", "split it", "x" * 19])
def test_a_proposal_without_a_reason_is_refused_and_all_is_kept(
    browser: Any, desk: Desk, reason: str
) -> None:
    first, _ = desk.both_marked()
    page = propose(browser(desk.first), first, desk, reason=reason)
    assert page.status_code == 422
    assert re.search(r'id="reason-error"[^>]*>.{0,120}Say in a sentence', page.text, re.S)
    assert f"Both of us on {desk.keys[0]}." in page.text
    assert progress(desk) is Progress.BOTH_GIVEN


@pytest.mark.parametrize(
    ("box", "value", "sentence"),
    [
        ("points", "", "Enter a whole number from 0 to 100"),
        ("points", "101", "Enter a whole number from 0 to 100"),
        ("comment", " ", "Write a comment for the candidate"),
    ],
)
def test_a_proposal_says_a_mark_and_a_comment_for_each_criterion(
    browser: Any, desk: Desk, box: str, value: str, sentence: str
) -> None:
    first, _ = desk.both_marked()
    visitor = browser(desk.first)
    name = f"{box}-{desk.keys[1]}"
    data = {"csrf_token": visitor.token(), **proposal(desk), name: value}
    page = visitor.client.post(path_of(first), data=data)
    assert page.status_code == 422
    assert re.search(rf'id="{name}-error"[^>]*>.{{0,120}}{sentence}', page.text, re.S)
    assert REASON in page.text
    assert progress(desk) is Progress.BOTH_GIVEN


def test_nobody_agrees_with_themselves(browser: Any, desk: Desk) -> None:
    first, _ = desk.both_marked()
    visitor = browser(desk.first)
    propose(visitor, first, desk)
    made = queries.proposal_of(desk.submission)
    assert made is not None
    assert "/agree/" not in visitor.get(path_of(first)).text
    answer = visitor.post(f"/marking/scripts/{first.ref}/agree/{made.event.ref}")
    assert answer.status_code == 422
    assert progress(desk) is Progress.PROPOSED


def test_nobody_agrees_to_a_proposal_that_another_has_replaced(desk: Desk) -> None:
    desk.both_marked()
    said = some_marks(queries.claims_of(desk.first.id)[0][0], 62, reason=REASON)
    with unit_of_work():
        old = operations.propose(desk.submission, said, actor=actor_of(desk.first)).ref
    with unit_of_work():
        operations.propose(desk.submission, said, actor=actor_of(desk.first))
    for wrong in (old, refs.new("MRK")):
        with pytest.raises(Conflict, match="Another proposal"), unit_of_work():
            operations.agree(desk.submission, wrong, actor=actor_of(desk.second))
    assert progress(desk) is Progress.PROPOSED


def test_the_other_may_propose_something_else_instead(desk: Desk) -> None:
    first, second = desk.both_marked()
    for claim, marker, points in ((first, desk.first, 60), (second, desk.second, 66)):
        with unit_of_work():
            operations.propose(
                desk.submission,
                some_marks(claim, points, reason=REASON),
                actor=actor_of(marker),
            )
    made = queries.proposal_of(desk.submission)
    assert made is not None
    with pytest.raises(RuleBroken, match="The other marker agrees"), unit_of_work():
        operations.agree(desk.submission, made.event.ref, actor=actor_of(desk.second))
    with unit_of_work():
        operations.agree(desk.submission, made.event.ref, actor=actor_of(desk.first))
    assert set(queries.reconciled_mark(desk.submission).marks.values()) == {66}


def test_what_is_reconciled_is_not_reconciled_again(browser: Any, desk: Desk) -> None:
    first, second = desk.reconciled(62)
    answer = propose(browser(desk.second), second, desk, points=99)
    assert answer.status_code == 409
    made = queries.proposal_of(desk.submission)
    assert made is not None
    with pytest.raises(Conflict), unit_of_work():
        operations.agree(desk.submission, made.event.ref, actor=actor_of(desk.second))
    with pytest.raises(Conflict), unit_of_work():
        operations.give_mark(first, some_marks(first, 99), actor=actor_of(desk.first))
    assert set(queries.reconciled_mark(desk.submission).marks.values()) == {62}


def test_only_those_who_marked_it_reconcile_it(browser: Any, desk: Desk) -> None:
    first, _ = desk.both_marked()
    said = some_marks(first, reason=REASON)
    for someone in [make_account(Role.TUTOR), desk.enrolment.advocate]:
        with pytest.raises(NotFound), unit_of_work():
            operations.propose(desk.submission, said, actor=actor_of(someone))
        assert browser(someone).get(path_of(first)).status_code == 404
    for other in [make_actor(role) for role in Role]:
        with pytest.raises(NotFound), unit_of_work():
            operations.agree(desk.submission, "MRK", actor=other)


def test_a_mark_without_a_comment_on_each_criterion_is_not_given_by_any_door(desk: Desk) -> None:
    claim = desk.taken()
    silent = Marks(dict.fromkeys(desk.keys, 60), {"overall": "Good."})
    with pytest.raises(RuleBroken, match="no comment"), unit_of_work():
        operations.give_mark(claim, silent, actor=actor_of(desk.first))
    assert queries.own_mark(claim) is None
