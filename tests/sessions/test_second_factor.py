"""The second factor: set up once, right once, and readable by nobody from the database."""

from datetime import timedelta

import pyotp
import pytest

from lms import clock, vault
from lms.access.actor import Role
from lms.accounts.models import Account
from lms.db import unit_of_work
from lms.errors import NotFound
from lms.sessions import operations, queries
from lms.sessions.models import SecondFactor
from lms.sessions.rules import WrongCode
from tests.factories import actor_of, make_account, trail_of
from tests.sessions.coming_in import (
    all_text_in,
    code_of,
    is_in,
    set_up,
    sign_in,
    with_password,
    with_second_factor,
    wrong_code,
)
from tests.support.pages import Visitor
from tests.web.html import only, page as parsed, words

pytestmark = pytest.mark.usefixtures("app")
NOON = (clock.now() + timedelta(days=1)).replace(hour=12, minute=0, second=10, microsecond=0)
STEP = timedelta(seconds=30)


def staff() -> Account:
    return with_password(make_account(Role.TUTOR))


def enter(browser, account: Account, code: str) -> Visitor:
    """A browser of its own that sends the password, then this code."""
    visitor = browser()
    sign_in(visitor, account)
    visitor.fill_in("/sign-in/code", code=code)
    return visitor


def shown_seed(visitor: Visitor) -> str:
    page = visitor.get("/sign-in/set-up")
    assert page.status_code == 200
    return words(only(parsed(page.text), "p", class_="qr-key")).replace(" ", "")


def test_the_first_code_from_the_app_finishes_the_set_up_and_opens_everything(browser) -> None:
    account, visitor = staff(), browser()
    sign_in(visitor, account)
    seed = shown_seed(visitor)
    page = visitor.fill_in("/sign-in/set-up", code=code_of(seed))
    assert page.status_code == 200
    assert "Keep these recovery codes" in page.text
    assert is_in(visitor)
    assert trail_of(account.ref)[-2:] == ["second factor set up", "signed in"]
    assert "10 recovery codes are left" in visitor.get("/account/").text


def test_a_wrong_first_code_leaves_the_set_up_open_and_shows_the_same_seed(browser) -> None:
    account, visitor = staff(), browser()
    sign_in(visitor, account)
    seed = shown_seed(visitor)
    page = visitor.fill_in("/sign-in/set-up", code=wrong_code(seed))
    assert page.status_code == 422
    assert shown_seed(visitor) == seed
    assert not is_in(visitor)
    assert not queries.has_second_factor(account.id)


def test_the_picture_and_the_key_say_the_same_and_are_shown_only_then(browser) -> None:
    account, visitor = staff(), browser()
    sign_in(visitor, account)
    seed = shown_seed(visitor)
    page = visitor.get("/sign-in/set-up")
    assert "<svg" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    visitor.fill_in("/sign-in/set-up", code=code_of(seed))
    for path in ("/account/", "/sign-in/set-up", "/account/confirm"):
        page = visitor.client.get(path, follow_redirects=True)
        assert seed not in page.text.replace(" ", "")


def test_a_seed_that_was_shown_and_not_taken_is_worth_nothing(browser) -> None:
    """Whoever saw it with a stolen password shares no second factor with the owner afterwards."""
    account, thief, owner = staff(), browser(), browser()
    sign_in(thief, account)
    stolen = shown_seed(thief)
    sign_in(owner, account)
    seed = shown_seed(owner)
    assert seed != stolen
    # Nor does the thief's page show the new one.
    assert thief.client.get("/sign-in/set-up", follow_redirects=True).request.path == "/sign-in"
    owner.fill_in("/sign-in/set-up", code=code_of(seed))
    assert is_in(owner)


def test_the_right_code_opens(browser) -> None:
    account = staff()
    seed = with_second_factor(account)
    assert is_in(enter(browser, account, code_of(seed)))


def test_a_wrong_code_does_not_and_the_trail_says_whose_it_was(browser) -> None:
    account = staff()
    seed = with_second_factor(account)
    assert not is_in(enter(browser, account, wrong_code(seed)))
    assert trail_of(account.ref)[-1] == "second factor failed"


@pytest.mark.parametrize("pattern", ["{0}{1}", " {0} {1} ", "{0}-{1}", "\u00a0{0}\u2003{1}"])
def test_a_code_opens_as_people_copy_it_and_once_whatever_stands_around_it(browser, pattern):
    account = staff()
    seed = with_second_factor(account)
    with clock.stopped(NOON):
        code = code_of(seed)
        typed = pattern.format(code[:3], code[3:])
        assert is_in(enter(browser, account, typed))
        for again in (code, typed, f" {code}", f"{code}\t", f"{code[:1]}-{code[1:]}"):
            with pytest.raises(WrongCode), unit_of_work():
                operations.check_code(account, again, actor=actor_of(account))
        assert not is_in(enter(browser, account, code))


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_code_of_the_step_before_or_after_opens_and_none_further_off(browser, steps, opens):
    account = staff()
    seed = with_second_factor(account)
    with clock.stopped(NOON):
        code = code_of(seed, NOON + steps * STEP)
        assert is_in(enter(browser, account, code)) == opens


def test_a_code_of_an_earlier_step_than_the_last_is_not_taken_afterwards(browser) -> None:
    account = staff()
    seed = with_second_factor(account)
    with clock.stopped(NOON):
        assert is_in(enter(browser, account, code_of(seed)))
        assert not is_in(enter(browser, account, code_of(seed, NOON - STEP)))
        assert is_in(enter(browser, account, code_of(seed, NOON + STEP)))


def test_a_code_that_was_used_is_not_taken_after_a_failed_attempt_either(browser) -> None:
    account = staff()
    seed = with_second_factor(account)
    with clock.stopped(NOON):
        code = code_of(seed)
        assert is_in(enter(browser, account, code))
        assert not is_in(enter(browser, account, wrong_code(seed)))
        assert not is_in(enter(browser, account, code))


def test_a_right_code_is_still_good_after_a_wrong_one(browser) -> None:
    account = staff()
    seed = with_second_factor(account)
    with clock.stopped(NOON):
        visitor = enter(browser, account, wrong_code(seed))
        visitor.fill_in("/sign-in/code", code=code_of(seed))
        assert is_in(visitor)


def test_the_code_that_set_it_up_signs_nobody_in(browser) -> None:
    account = staff()
    with clock.stopped(NOON):
        seed, _ = set_up(account, at=NOON)
        assert not is_in(enter(browser, account, code_of(seed)))


def test_a_code_of_somebody_else_opens_nothing(browser) -> None:
    account, other = staff(), staff()
    with_second_factor(account)
    with clock.stopped(NOON):
        assert not is_in(enter(browser, account, code_of(with_second_factor(other))))


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_clock_that_jumps_an_hour_lets_nobody_in_twice_and_keeps_nobody_out(browser, jump):
    """Put back, the app's codes wait until the clock has caught up; a recovery code does not."""
    account = staff()
    with clock.stopped(NOON - timedelta(days=1)):
        seed, spare = set_up(account)
    with clock.stopped(NOON):
        code = code_of(seed)
        assert is_in(enter(browser, account, code))
    with clock.stopped(NOON + jump):
        assert not is_in(enter(browser, account, code))
        assert is_in(enter(browser, account, spare[0]))
    with clock.stopped(NOON + timedelta(hours=1, seconds=30)):
        assert is_in(enter(browser, account, code_of(seed)))


def test_no_column_holds_a_seed_that_could_be_read(browser) -> None:
    account = staff()
    seed = with_second_factor(account)
    raw = pyotp.TOTP(seed).byte_secret()
    for table in ("second_factor", "account", "sign_in", "audit_entry", "message"):
        text = all_text_in(table)
        for plain in (seed, seed.lower(), raw.hex(), raw.decode("latin-1")):
            assert plain not in text
    assert seed not in vault.keys().seal(seed, bound_to="x").decode("latin-1")


def test_a_seed_moved_to_another_persons_row_does_not_open(browser) -> None:
    """Whoever can write to the database still can't sign in as somebody with their own app."""
    account, thief = staff(), staff()
    with_second_factor(account)
    stolen = with_second_factor(thief)
    with unit_of_work():
        theirs = queries.second_factor(thief.id)
        mine = queries.second_factor(account.id)
        assert theirs is not None
        assert mine is not None
        mine.seed_sealed = theirs.seed_sealed
    with pytest.raises(ValueError, match="does not open"), unit_of_work():
        operations.check_code(account, code_of(stolen), actor=actor_of(account))


def test_an_advocate_sets_one_up_of_their_own_accord(browser) -> None:
    account, visitor = with_password(make_account(Role.ADVOCATE)), browser()
    sign_in(visitor, account)
    page = visitor.post("/account/second-factor/begin")
    assert page.headers["Location"] == "/sign-in/set-up"
    assert not is_in(visitor)
    seed = shown_seed(visitor)
    visitor.fill_in("/sign-in/set-up", code=code_of(seed))
    assert is_in(visitor)
    assert len(queries.open_sessions(account.id)) == 1
    assert sign_in(browser(), account).request.path == "/sign-in/code"


def test_giving_up_half_way_leaves_an_advocate_as_they_were(browser) -> None:
    account, visitor = with_password(make_account(Role.ADVOCATE)), browser()
    sign_in(visitor, account)
    visitor.post("/account/second-factor/begin")
    assert not queries.has_second_factor(account.id)
    again = browser()
    sign_in(again, account)
    assert is_in(again)


def test_beginning_again_takes_nothing_from_one_that_works(browser) -> None:
    account = staff()
    seed = with_second_factor(account)
    visitor = browser(account)
    visitor.post("/account/second-factor/begin")
    with unit_of_work():
        factor = queries.second_factor(account.id)
        assert isinstance(factor, SecondFactor)
        assert queries.seed_of(factor) == seed
    assert queries.has_second_factor(account.id)


def test_setting_up_twice_is_refused() -> None:
    account = staff()
    seed = with_second_factor(account)
    with pytest.raises(WrongCode, match="not open"), unit_of_work():
        operations.finish_second_factor(account, code_of(seed))
    other = staff()
    with pytest.raises(WrongCode, match="not open"), unit_of_work():
        operations.finish_second_factor(other, code_of(seed))


def test_a_session_or_a_set_up_that_is_not_there_is_not_found() -> None:
    account = staff()
    for ask in (
        lambda: queries.session_with("no token of ours"),
        lambda: queries.begun_second_factor(account.id),
    ):
        with pytest.raises(NotFound):
            ask()
    with_second_factor(account)
    with pytest.raises(NotFound):
        queries.begun_second_factor(account.id)


def test_no_code_is_right_where_nothing_is_set_up() -> None:
    account = staff()
    with pytest.raises(WrongCode), unit_of_work():
        operations.check_code(account, "123456", actor=actor_of(account))
    with unit_of_work():
        seed = queries.seed_of(operations.begin_second_factor(account))
    with pytest.raises(WrongCode), unit_of_work():
        operations.check_code(account, code_of(seed), actor=actor_of(account))
