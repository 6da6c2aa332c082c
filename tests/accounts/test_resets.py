"""A new password: one answer for whoever asks, and never a way around the second factor."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms import clock
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations
from lms.accounts.models import Account, Invitation
from lms.accounts.rules import Purpose
from lms.audit import queries as trail
from lms.db import db, unit_of_work
from lms.outbox import Message
from tests.accounts.links import (
    NEW,
    accepted,
    ask_reset,
    invite,
    newcomer,
    open_links,
    paths_sent_to,
    with_known_password,
)
from tests.factories import trail_of
from tests.sessions.coming_in import (
    answer,
    code_of,
    is_in,
    sign_in,
    with_second_factor,
    wrong_code,
)

pytestmark = pytest.mark.usefixtures("app")
NOBODY = "person0@example.org"


def shut(account: Account) -> Account:
    with unit_of_work():
        operations.disable(account, actor=SYSTEM)
    return account


def messages() -> int:
    return db.session.scalar(select(func.count()).select_from(Message)) or 0


def asked(browser, email: str):
    return browser().post("/reset", email=email)


def test_somebody_who_lost_their_password_sets_a_new_one(browser) -> None:
    account, visitor = with_known_password(), browser()
    page = visitor.fill_in("/reset", email=f" {account.address.upper()} ")
    assert "If there is an account with that address" in page.text
    (path,) = paths_sent_to(account)
    assert visitor.get(path).status_code == 200
    page = visitor.fill_in(path, password=NEW)
    assert "Your password is set" in page.text
    assert not is_in(visitor)
    sign_in(visitor, account, NEW)
    assert is_in(visitor)
    assert trail_of(account.ref)[-3:] == [
        "password reset asked for",
        "password changed",
        "signed in",
    ]


def test_whoever_asks_for_whomever_the_answer_is_the_same(browser) -> None:
    worn_out = with_known_password()
    for _ in range(5):
        ask_reset(worn_out)
    invited = newcomer()
    invite(invited)
    people = {
        "known": with_known_password().address,
        "staff": with_known_password(Role.REGISTRAR).address,
        "asked too often": worn_out.address,
        "unknown": NOBODY,
        "shut": shut(with_known_password()).address,
        "invited": invited.address,
        "not invited": newcomer().address,
    }
    answers = {repr(answer(asked(browser, email), email)) for email in people.values()}
    assert len(answers) == 1
    said = answers.pop()
    assert said.startswith("(200,")
    for email in people.values():
        assert email not in said


def test_a_link_is_sent_only_to_somebody_who_had_a_password_and_can_sign_in(browser) -> None:
    for email in (NOBODY, shut(with_known_password()).address, newcomer().address):
        asked(browser, email)
    assert messages() == 0
    asked(browser, with_known_password().address)
    assert messages() == 1


def test_every_asking_is_in_the_trail_and_names_nobody_it_does_not_know(browser) -> None:
    account = with_known_password()
    asked(browser, account.address)
    asked(browser, NOBODY)
    entries = [each for each in trail.all_entries() if each.event == "password reset asked for"]
    assert [(each.actor, each.subject) for each in entries] == [
        ("public", account.ref),
        ("public", "-"),
    ]
    assert not any("@" in each.facts for each in entries)


def test_an_address_that_is_none_is_told_so_and_nothing_is_noted(browser) -> None:
    for email in ("", "nobody", "a@b", "x@example.org\r\nBcc: y@example.org", "a\x00@example.org"):
        page = asked(browser, email)
        assert page.status_code == 422, repr(email)
    assert messages() == 0
    assert "password reset asked for" not in trail_of("-")


def test_five_links_a_day_are_sent_and_no_more(browser) -> None:
    account, start = with_known_password(), clock.now()
    with clock.stopped(start):
        for _ in range(7):
            assert asked(browser, account.address).status_code == 200
        assert len(paths_sent_to(account)) == 5
    with clock.stopped(start + timedelta(days=1, seconds=-1)):
        asked(browser, account.address)
        assert len(paths_sent_to(account)) == 5
    with clock.stopped(start + timedelta(days=1)):
        asked(browser, account.address)
        assert len(paths_sent_to(account)) == 6
    # Those that were not answered are noted as well.
    assert trail_of(account.ref).count("password reset asked for") == 9


def test_asking_for_one_person_takes_nothing_from_another(browser) -> None:
    first, second = with_known_password(), with_known_password()
    for _ in range(6):
        asked(browser, first.address)
    asked(browser, second.address)
    assert len(paths_sent_to(second)) == 1


def test_a_link_works_for_an_hour_and_only_the_newest_does(browser) -> None:
    account, start = with_known_password(), clock.now()
    with clock.stopped(start):
        first, second = ask_reset(account), ask_reset(account)
    with clock.stopped(start + timedelta(minutes=59)):
        assert browser().get(first).status_code == 404
        assert browser().get(second).status_code == 200
    with clock.stopped(start + timedelta(hours=1)):
        assert browser().get(second).status_code == 404
        assert browser().post(second, password=NEW).status_code == 404


def test_asking_past_the_limit_takes_no_link_away(browser) -> None:
    """A stranger who keeps asking can't keep somebody from their new password."""
    account = with_known_password()
    for _ in range(8):
        asked(browser, account.address)
    newest = paths_sent_to(account)[-1]
    assert browser().post(newest, password=NEW).status_code == 302


def test_asking_alone_changes_nothing_about_the_account(browser) -> None:
    account = with_known_password()
    visitor = browser(account)
    asked(browser, account.address)
    assert is_in(visitor)
    other = browser()
    sign_in(other, account)
    assert is_in(other)


@pytest.mark.parametrize("role", [Role.TUTOR, Role.ADVOCATE])
def test_a_reset_never_skips_the_second_factor(browser, role) -> None:
    account, visitor = with_known_password(role), browser()
    seed = with_second_factor(account)
    visitor.fill_in(ask_reset(account), password=NEW)
    assert not is_in(visitor)
    page = sign_in(visitor, account, NEW)
    assert page.request.path == "/sign-in/code"
    visitor.fill_in("/sign-in/code", code=wrong_code(seed))
    assert not is_in(visitor)
    visitor.fill_in("/sign-in/code", code=code_of(seed))
    assert is_in(visitor), "and it is the same second factor as before"


def test_staff_without_one_yet_set_it_up_after_a_reset(browser) -> None:
    account, visitor = with_known_password(Role.TUTOR), browser()
    visitor.fill_in(ask_reset(account), password=NEW)
    assert sign_in(visitor, account, NEW).request.path == "/sign-in/set-up"
    assert not is_in(visitor)


def test_a_link_dies_with_the_account_and_with_a_corrected_address(browser) -> None:
    first, second = with_known_password(), with_known_password()
    to_first, to_second = ask_reset(first), ask_reset(second)
    shut(first)
    with unit_of_work():
        operations.correct_address(second, "corrected@example.org", actor=SYSTEM)
    for path in (to_first, to_second):
        assert browser().get(path).status_code == 404
        assert browser().post(path, password=NEW).status_code == 404
    assert open_links(second, Purpose.RESET) == 0


def test_a_link_that_was_in_flight_when_the_account_was_shut_is_refused() -> None:
    account = with_known_password()
    ask_reset(account)
    link = db.session.scalars(select(Invitation)).one()
    with unit_of_work():
        account.disabled_at = clock.now()  # as if it were shut after the page was opened
    with pytest.raises(operations.rules.LinkUnusable), unit_of_work():
        operations.use_link(link, "another hash", actor=SYSTEM)
    assert link.used_at is None
    assert accepted(account)
