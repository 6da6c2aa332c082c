"""Rules about links, roles and dates of birth; passwords and addresses have files of their own."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from lms.access.actor import APPOINTMENTS, Role
from lms.accounts.rules import (
    INVITATION_LIFE,
    MOST_RESETS_A_DAY,
    RESET_LIFE,
    LinkUnusable,
    check_born,
    check_grantable,
    check_usable,
    needs_second_registrar,
)
from lms.errors import RuleBroken

MADE = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
TODAY = date(2026, 9, 1)


@dataclass
class Link:
    expires_at: datetime = MADE + INVITATION_LIFE
    used_at: datetime | None = None
    cancelled_at: datetime | None = None


def usable(link: Link, at: datetime) -> bool:
    try:
        check_usable(link, at)
    except LinkUnusable:
        return False
    return True


def test_an_invitation_lasts_72_hours_and_a_reset_one() -> None:
    assert timedelta(hours=72) == INVITATION_LIFE
    assert timedelta(hours=1) == RESET_LIFE
    assert MOST_RESETS_A_DAY == 5


def test_a_link_works_up_to_its_last_moment_and_not_in_the_next() -> None:
    assert usable(Link(), MADE)
    assert usable(Link(), MADE + INVITATION_LIFE - MOMENT)
    assert not usable(Link(), MADE + INVITATION_LIFE)
    assert not usable(Link(), MADE + timedelta(hours=73))


def test_72_hours_are_72_hours_when_the_clocks_go_back() -> None:
    """London lives an hour twice on 25 October 2026; the link's hours are counted in UTC."""
    before = datetime(2026, 10, 23, 23, 30, tzinfo=UTC)
    link = Link(expires_at=before + INVITATION_LIFE)
    assert usable(link, datetime(2026, 10, 26, 23, 29, 59, tzinfo=UTC))
    assert not usable(link, datetime(2026, 10, 26, 23, 30, tzinfo=UTC))


@given(st.booleans(), st.booleans(), st.timedeltas(timedelta(hours=-2), timedelta(hours=200)))
def test_a_link_works_only_unused_uncancelled_and_in_time(used, cancelled, later) -> None:
    link = Link(used_at=MADE if used else None, cancelled_at=MADE if cancelled else None)
    fit = not used and not cancelled and later < INVITATION_LIFE
    assert usable(link, MADE + later) == fit


def test_used_cancelled_and_expired_read_alike() -> None:
    sentences = set()
    for link in (Link(used_at=MADE), Link(cancelled_at=MADE), Link(expires_at=MADE)):
        with pytest.raises(LinkUnusable) as refusal:
            check_usable(link, MADE)
        sentences.add(refusal.value.sentence)
    assert len(sentences) == 1


@pytest.mark.parametrize("role", sorted(Role))
def test_coordinators_and_supervisors_hold_their_role_at_a_place_and_nobody_else_does(role) -> None:
    placed = role in APPOINTMENTS
    check_grantable(role, "ORG-7Q4M-2XKD-9TBH-V3WN" if placed else "")
    with pytest.raises(RuleBroken):
        check_grantable(role, "" if placed else "ORG-7Q4M-2XKD-9TBH-V3WN")


def test_a_registrars_role_alone_needs_a_second_registrar() -> None:
    assert [role for role in Role if needs_second_registrar(role)] == [Role.REGISTRAR]


@pytest.mark.parametrize(
    ("born_on", "taken"),
    [
        (date(1990, 3, 1), True),
        (date(2010, 12, 31), True),
        (date(2011, 1, 1), False),
        (date(2026, 9, 1), False),
        (date(2090, 3, 1), False),
        (date(1916, 1, 1), True),
        (date(1915, 12, 31), False),
        (date(1, 1, 1), False),
        (date(2000, 2, 29), True),
    ],
)
def test_a_date_of_birth_is_that_of_somebody_who_can_work(born_on, taken) -> None:
    if taken:
        check_born(born_on, TODAY)
        return
    with pytest.raises(RuleBroken, match="year"):
        check_born(born_on, TODAY)
