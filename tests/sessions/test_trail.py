"""Every act about people and their sessions leaves its own word in the trail."""

from datetime import date

import pytest

from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts, queries
from lms.accounts.models import Account
from lms.audit import queries as trail
from lms.audit.trail import Event
from lms.db import unit_of_work
from lms.sessions import clearing_operations
from tests.accounts.links import BASE, NEW, ask_reset, invite, newcomer
from tests.factories import PASSWORD, actor_of, make_account
from tests.sessions.coming_in import (
    WRONG,
    clear,
    code_of,
    send_sign_in,
    set_up,
    sign_in,
    with_password,
    wrong_code,
)

pytestmark = pytest.mark.usefixtures("app")

# By hand: each of these is recorded by some act of these rooms, and named after it.
EVENTS = {
    Event.ACCESS_DENIED,
    Event.SIGN_IN_FAILED,
    Event.SIGNED_IN,
    Event.SIGNED_OUT,
    Event.PROVED_AGAIN,
    Event.SECOND_FACTOR_SET,
    Event.SECOND_FACTOR_FAILED,
    Event.CLEARING_ASKED,
    Event.CLEARING_STOPPED,
    Event.SECOND_FACTOR_CLEARED,
    Event.RECOVERY_CODE_USED,
    Event.SESSIONS_ENDED,
    Event.ACCOUNT_OPENED,
    Event.INVITED,
    Event.INVITATION_CANCELLED,
    Event.INVITATION_ACCEPTED,
    Event.RESET_ASKED,
    Event.PASSWORD_CHANGED,
    Event.ADDRESS_CORRECTED,
    Event.NAME_CHANGED,
    Event.ACCOUNT_DISABLED,
    Event.ACCOUNT_ENABLED,
    Event.ROLE_GRANTED,
    Event.ROLE_CONFIRMED,
    Event.ROLE_ENDED,
    Event.IDENTITY_RECORDED,
    Event.IDENTITY_READ,
}


def words_since(start: int) -> list[str]:
    return [each.event for each in trail.all_entries() if each.seq > start]


def length() -> int:
    return sum(1 for _ in trail.all_entries())


def everything(browser) -> None:
    """A person's whole life here, in short."""
    desk, account = browser(make_account(Role.REGISTRAR)), newcomer(Role.TUTOR)
    invite(account)
    desk.post(f"/people/{account.ref}/cancel-invitation")
    browser().post(invite(account), password=NEW)
    browser().post(ask_reset(account), password=NEW)
    with_password(account)
    seed, codes = set_up(account)
    browser_of_theirs(browser, account, seed, codes)
    desk.post(f"/people/{account.ref}/address", email="corrected@example.org")
    desk.get(f"/people/{account.ref}/identity")
    clear(account)
    with unit_of_work():
        accounts.record_identity(account, "A", date(1990, 3, 1), actor=SYSTEM)
    _roles(browser, account)
    desk.post(f"/people/{account.ref}/disable")
    desk.post(f"/people/{account.ref}/enable")


def browser_of_theirs(browser, account: Account, seed: str, codes: list[str]) -> None:
    visitor = browser()
    send_sign_in(visitor, account.address, WRONG)
    sign_in(visitor, account)
    visitor.fill_in("/sign-in/code", code=wrong_code(seed))
    visitor.fill_in("/sign-in/code", code=code_of(seed))
    visitor.fill_in("/account/confirm", password=PASSWORD, code=codes[0])
    visitor.fill_in("/account/name", name="Another")
    visitor.post("/account/sessions/end-others")
    keeper = actor_of(make_account(Role.ADMIN))
    with unit_of_work():
        clearing = clearing_operations.ask_clearing(account, actor=keeper)
    visitor.post(f"/account/second-factor/{clearing.ref}/stop")
    visitor.get("/people/")
    visitor.post("/sign-out")


def _roles(browser, account: Account) -> None:
    first, second = make_account(Role.REGISTRAR), make_account(Role.REGISTRAR)
    browser(first).post(f"/people/{account.ref}/roles", role="registrar")
    grant = queries.grants_of(account)[0][0]
    path = f"/people/{account.ref}/roles/{grant.ref}"
    browser(second).post(f"{path}/confirm")
    browser(second).post(f"{path}/end")


def test_no_event_about_people_is_without_an_act_that_records_it(browser) -> None:
    start = length()
    everything(browser)
    assert set(words_since(start)) == {str(each) for each in EVENTS}


def test_what_the_trail_says_holds_no_prose_no_name_and_no_secret(browser) -> None:
    everything(browser)
    secrets = [PASSWORD, NEW, WRONG, "Another", "example.org", "1990-03-01", "Person ", BASE]
    for entry in trail.all_entries():
        for secret in secrets:
            assert secret not in f"{entry.facts} {entry.subject} {entry.actor}"


def test_a_denied_attempt_is_noted_with_who_and_what_and_nothing_more(browser) -> None:
    account, other = make_account(Role.TUTOR), make_account()
    visitor, start = browser(account), length()
    visitor.get("/people/")
    visitor.get(f"/people/{other.ref}")
    visitor.post(f"/people/{other.ref}/disable")
    entries = [each for each in trail.all_entries() if each.seq > start]
    assert [(each.event, each.actor) for each in entries] == [("access denied", account.ref)] * 3
    assert "read_people" in entries[0].facts
    assert "keep_accounts" in entries[2].facts


def test_a_refusal_at_the_lock_names_the_thing_that_was_refused(browser) -> None:
    account = make_account(Role.REGISTRAR)
    visitor, start = browser(account), length()
    visitor.post(f"/people/{account.ref}/disable")
    (entry,) = [each for each in trail.all_entries() if each.seq > start]
    assert (entry.event, entry.actor, entry.subject) == (
        "access denied",
        account.ref,
        account.ref,
    )


def test_whatever_is_undone_leaves_no_word_behind() -> None:
    account = make_account(Role.ADVOCATE)
    start = length()

    def half_done() -> None:
        with unit_of_work():
            accounts.change_name(account, "Undone", actor=actor_of(account))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    assert length() == start
    assert queries.account(account.ref).name != "Undone"
