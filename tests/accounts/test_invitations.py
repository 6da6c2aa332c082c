"""Invitations: one link, one use, 72 hours, and one answer for every dead one."""

from datetime import timedelta

import pytest

from lms import clock, refs
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations
from lms.accounts.models import Account
from lms.db import db, unit_of_work
from lms.errors import NotFound, RuleBroken
from tests.accounts.links import (
    BASE,
    NEW,
    accepted,
    ask_reset,
    invite,
    newcomer,
    open_links,
    token_of,
    with_known_password,
)
from tests.factories import actor_of, make_account, trail_of
from tests.sessions.coming_in import answer, is_in, sign_in
from tests.support.pages import Visitor

pytestmark = pytest.mark.usefixtures("app")
HOUR = timedelta(hours=1)


def use(visitor: Visitor, path: str, password: str = NEW) -> int:
    """Send a password to a link without opening it first; the status."""
    return int(visitor.post(path, password=password).status_code)


def cancelled(account: Account) -> str:
    path = invite(account)
    with unit_of_work():
        operations.cancel_invitations(account, actor=SYSTEM)
    return path


def used(account: Account, browser) -> str:
    path = invite(account)
    assert use(browser(), path) == 302
    return path


def test_somebody_new_accepts_sets_a_password_and_signs_in(browser) -> None:
    account, visitor = newcomer(), browser()
    path = invite(account)
    page = visitor.get(path)
    assert page.status_code == 200
    assert account.address in page.text
    assert "At least 12 characters" in page.text
    page = visitor.fill_in(path, password=NEW)
    assert page.request.path == "/sign-in"
    assert "Your password is set" in page.text
    assert not is_in(visitor), "accepting signs nobody in"
    sign_in(visitor, account, NEW)
    assert is_in(visitor)
    assert trail_of(account.ref)[-3:] == ["invited", "invitation accepted", "signed in"]


def test_staff_are_asked_for_a_longer_password_and_so_is_somebody_without_a_role(browser) -> None:
    for account in (newcomer(Role.TUTOR), newcomer(Role.TUTOR, Role.ADVOCATE), make_account()):
        with unit_of_work():
            account.password_hash = None
        path = invite(account)
        assert "At least 15 characters" in browser().get(path).text
        assert use(browser(), path, "kX7 gw!pZ2vmQ4") == 422
        assert not accepted(account)


def test_a_link_works_once(browser) -> None:
    account = newcomer()
    path = used(account, browser)
    assert accepted(account)
    kept = account.password_hash
    assert browser().get(path).status_code == 404
    assert use(browser(), path, "another heron, Tuesday kettle") == 404
    db.session.expire_all()
    assert account.password_hash == kept


def test_opening_a_link_spends_nothing_however_often_and_whoever_does(browser) -> None:
    """Mail programs and their guards open links before people do."""
    account = newcomer()
    path = invite(account)
    before = len(trail_of(account.ref))
    for _ in range(3):
        prefetch = browser().client
        assert prefetch.get(path, headers={"Purpose": "prefetch"}).status_code == 200
        assert prefetch.head(path).status_code == 200
        assert prefetch.open(path, method="OPTIONS").status_code == 200
    assert open_links(account) == 1
    assert len(trail_of(account.ref)) == before
    assert not accepted(account)
    assert use(browser(), path) == 302


def test_a_refused_password_spends_nothing(browser) -> None:
    account = newcomer()
    path = invite(account)
    for weak in ("short", "password1234567", "a" * 129, "Person person person"):
        page = browser().fill_in(path, password=weak)
        assert page.status_code == 422
        assert f'value="{weak}"' not in page.text
    assert browser().client.post(path, data={"password": NEW}).status_code == 403
    assert use(browser(), path) == 302


def test_a_link_works_until_72_hours_have_passed(browser) -> None:
    start = clock.now()
    account = newcomer()
    with clock.stopped(start):
        path = invite(account)
    with clock.stopped(start + 73 * HOUR):
        assert browser().get(path).status_code == 404
        assert use(browser(), path) == 404
    with clock.stopped(start + 72 * HOUR):
        assert use(browser(), path) == 404
    assert not accepted(account)
    with clock.stopped(start + 72 * HOUR - timedelta(seconds=1)):
        assert use(browser(), path) == 302


def test_a_form_opened_in_time_and_sent_too_late_is_refused(browser) -> None:
    start, account, visitor = clock.now(), newcomer(), browser()
    with clock.stopped(start):
        path = invite(account)
    with clock.stopped(start + 71 * HOUR):
        assert visitor.get(path).status_code == 200
    with clock.stopped(start + 72 * HOUR):
        assert use(visitor, path) == 404


def test_a_second_invitation_makes_the_first_useless(browser) -> None:
    account = newcomer()
    first, second = invite(account), invite(account)
    assert browser().get(first).status_code == 404
    assert use(browser(), first) == 404
    assert open_links(account) == 1
    assert use(browser(), second) == 302


def test_a_cancelled_invitation_is_useless(browser) -> None:
    account = newcomer()
    path = cancelled(account)
    assert use(browser(), path) == 404
    assert not accepted(account)
    assert trail_of(account.ref)[-1] == "invitation cancelled"


def test_correcting_the_address_makes_links_to_the_old_one_useless(browser) -> None:
    account = newcomer()
    path = invite(account)
    with unit_of_work():
        operations.correct_address(account, "corrected@example.org", actor=SYSTEM)
    assert use(browser(), path) == 404


def test_a_shut_account_accepts_no_invitation_and_opens_with_a_new_one(browser) -> None:
    account = newcomer()
    path = invite(account)
    with unit_of_work():
        operations.disable(account, actor=SYSTEM)
    assert use(browser(), path) == 404
    late = invite(account)
    assert use(browser(), late) == 404
    with unit_of_work():
        operations.enable(account, actor=SYSTEM)
    assert use(browser(), path) == 404, "what was cancelled stays so"
    assert use(browser(), late) == 302


def test_a_link_serves_its_own_purpose_alone(browser) -> None:
    account, other = newcomer(), with_known_password()
    invitation, reset = token_of(invite(account)), token_of(ask_reset(other))
    for path in (f"/reset/{invitation}", f"/invitation/{reset}"):
        assert browser().get(path).status_code == 404
        assert use(browser(), path) == 404
    assert not accepted(account)
    assert use(browser(), f"/invitation/{invitation}") == 302
    assert use(browser(), f"/reset/{reset}") == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_all_dead_links_answer_alike(browser, method) -> None:
    start = clock.now()
    with clock.stopped(start - 73 * HOUR):
        expired = invite(newcomer())
    shut = newcomer()
    of_shut = invite(shut)
    with unit_of_work():
        operations.disable(shut, actor=SYSTEM)
    replaced_account = newcomer()
    replaced = invite(replaced_account)
    invite(replaced_account)
    dead = [
        expired,
        of_shut,
        replaced,
        cancelled(newcomer()),
        used(newcomer(), browser),
        "/invitation/" + token_of(ask_reset(with_known_password())),
        "/invitation/" + refs.token(),
        "/invitation/x",
        "/invitation/%00",
        "/invitation/" + "a" * 500,
        "/invitation/INV-0000-0000-0000-0000",
    ]
    answers = set()
    for path in dead:
        visitor = browser()
        page = visitor.get(path) if method == "get" else visitor.post(path, password=NEW)
        answers.add(repr(answer(page, path, path.replace("%00", ""))))
    assert len(answers) == 1
    assert answers.pop().startswith("(404,")


def test_nothing_of_the_link_can_be_read_from_the_database() -> None:
    account = newcomer()
    token = token_of(invite(account))
    for table in ("invitation", "message", "audit_entry"):
        rows = db.session.connection().exec_driver_sql(f"SELECT * FROM {table}").fetchall()
        for value in (value for row in rows for value in row):
            plain = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            assert token.encode() not in plain


def test_a_link_holds_192_random_bits_and_never_twice_the_same() -> None:
    account = newcomer()
    tokens = {token_of(invite(account)) for _ in range(5)}
    assert len(tokens) == 5
    assert {len(each) for each in tokens} == {32}


def test_whoever_has_set_a_password_is_not_invited_again() -> None:
    account = with_known_password()
    with pytest.raises(RuleBroken, match="has set a password"):
        invite(account)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGISTRAR, Role.ADMIN}))
def test_nobody_but_registrar_and_administrator_invites(role) -> None:
    account, actor = newcomer(), actor_of(make_account(role))
    for act, args in (
        (operations.open_account, ("new@example.org", "New")),
        (operations.invite, (account, BASE)),
        (operations.cancel_invitations, (account,)),
    ):
        with pytest.raises(NotFound), unit_of_work():
            act(*args, actor=actor)
    assert open_links(account) == 0
