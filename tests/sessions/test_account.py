"""One's own account: the name, the sessions, light or dark."""

import pytest

from lms.access.actor import Role
from lms.accounts import operations as accounts_operations, queries as accounts
from lms.db import unit_of_work
from lms.errors import NotFound
from lms.sessions import operations, queries
from tests.factories import PASSWORD, actor_of, make_account, trail_of
from tests.sessions.coming_in import (
    cookie_of,
    is_in,
    sign_in,
    visitor_with,
    with_password,
    with_second_factor,
)
from tests.web.html import find, page as parsed

pytestmark = pytest.mark.usefixtures("app")


def test_somebody_changes_how_they_are_called_here(browser) -> None:
    account = make_account(Role.ADVOCATE)
    page = browser(account).fill_in("/account/name", name="  Zoë   O’Brien ")
    assert page.status_code == 200
    assert accounts.account(account.ref).name == "Zoë O’Brien"
    assert trail_of(account.ref)[-1] == "name changed"


@pytest.mark.parametrize(
    "name", ["", "   ", "\u00a0\u2003", "a" * 121, "A\x00B", "A\x1bB", "A\x7f"]
)
def test_a_name_that_nobody_could_read_is_refused_and_the_old_one_stays(browser, name) -> None:
    account = make_account(Role.ADVOCATE)
    page = browser(account).post("/account/name", name=name)
    assert page.status_code == 422
    assert accounts.account(account.ref).name == account.name
    assert "name changed" not in trail_of(account.ref)


def test_a_name_is_shown_as_it_was_typed_and_never_as_part_of_the_page(browser) -> None:
    account = make_account(Role.ADVOCATE)
    visitor = browser(account)
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    visitor.fill_in("/account/name", name=hostile)
    for path in ("/", "/account/", "/account/name"):
        tree = parsed(visitor.get(path).text)
        assert not find(tree, "img", src="x")
        assert not [s for s in find(tree, "script") if "alert" in "".join(s.itertext())]
    assert accounts.account(account.ref).name == hostile


def test_nobody_changes_somebody_elses_name_or_password_or_sessions() -> None:
    account = make_account(Role.ADVOCATE)
    with unit_of_work():
        operations.sign_in(account, complete=True)
    session = queries.open_sessions(account.id)[0]
    for role in Role:
        actor = actor_of(make_account(role))
        for act, args in (
            (accounts_operations.change_name, (account, "x")),
            (accounts_operations.change_password, (account, "x")),
            (operations.end_session, (session,)),
            (operations.end_other_sessions, (account, "")),
            (operations.prove_again, (session,)),
            (operations.check_code, (account, "123456")),
        ):
            with pytest.raises(NotFound), unit_of_work():
                act(*args, actor=actor)
    assert accounts.account(account.ref).name == account.name
    assert len(queries.open_sessions(account.id)) == 1


def test_the_list_of_sessions_shows_each_that_could_be_used_and_which_is_this(browser) -> None:
    account, other = make_account(Role.ADVOCATE), make_account(Role.ADVOCATE)
    desk, phone = browser(account), browser(account)
    browser(other)
    page = desk.get("/account/")
    assert page.text.count("This one") == 1
    assert page.text.count(">Another<") == 1
    phone.post("/sign-out")
    assert ">Another<" not in desk.get("/account/").text


def test_a_session_whose_code_is_still_due_is_shown_to_its_owner(browser) -> None:
    """Somebody else may have the password: this is where one sees it."""
    account = with_password(make_account(Role.TUTOR))
    with_second_factor(account)
    owner = browser(account)
    sign_in(browser(), account)
    assert owner.get("/account/").text.count(">Another<") == 1


def test_one_ends_another_session_of_ones_own(browser) -> None:
    account = make_account(Role.ADVOCATE)
    desk, phone = browser(account), browser(account)
    ref = queries.open_sessions(account.id)[0].ref
    page = desk.post(f"/account/sessions/{ref}/end")
    assert page.status_code == 302
    assert is_in(desk)
    assert not is_in(phone)
    assert trail_of(account.ref)[-1] == "signed out"


def test_one_ends_all_sessions_but_this_one(browser) -> None:
    account, other = make_account(Role.ADVOCATE), make_account(Role.ADVOCATE)
    desk, phone, tablet = browser(account), browser(account), browser(account)
    bystander = browser(other)
    assert desk.post("/account/sessions/end-others").status_code == 302
    assert "2 other sessions ended" in desk.get("/account/").text
    assert [is_in(each) for each in (desk, phone, tablet, bystander)] == [True, False, False, True]
    assert trail_of(account.ref)[-1] == "sessions ended"


def test_somebody_elses_session_is_as_one_that_is_not_there(browser) -> None:
    account, other = make_account(Role.REGISTRAR), make_account(Role.ADVOCATE)
    victim, visitor = browser(other), browser(account)
    theirs = queries.open_sessions(other.id)[0].ref
    answers = {
        (page.status_code, len(page.text))
        for ref in (theirs, "SES-0000-0000-0000-0000", "nonsense")
        for page in [visitor.post(f"/account/sessions/{ref}/end")]
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    assert is_in(victim)


def test_a_weak_new_password_is_refused_beside_its_field(browser) -> None:
    account = with_password(make_account(Role.TUTOR))
    visitor = browser(account)
    for weak in ("too short", "a" * 129, "password1234567", "advocate slavery!"):
        fields = {"password": PASSWORD, "new_password": weak}
        page = visitor.fill_in("/account/password", **fields)
        assert page.status_code == 422
        assert weak not in page.text
    assert is_in(visitor)
    assert "password changed" not in trail_of(account.ref)


@pytest.mark.parametrize(
    ("theme", "kept"), [("dark", "dark"), ("light", "light"), ("auto", "auto")]
)
def test_light_or_dark_is_kept_in_a_cookie_that_says_nothing_else(browser, theme, kept) -> None:
    for visitor in (browser(), browser(make_account(Role.ADVOCATE))):
        page = visitor.post("/account/display", theme=theme, back="/help/")
        assert page.headers["Location"] == "/help/"
        said = [each for each in page.headers.getlist("Set-Cookie") if each.startswith("theme")]
        assert len(said) == 1
        assert said[0].startswith(f"theme={kept};")
        for word in ("HttpOnly", "SameSite=Lax", "Path=/"):
            assert word in said[0]
        shown = visitor.get("/help/").text
        assert (f'data-theme="{kept}"' in shown) == (kept != "auto")


@pytest.mark.parametrize("theme", ["", "purple", "dark; Domain=evil", '"><script>', "\r\nX: y"])
def test_any_other_theme_is_the_devices_own(browser, theme) -> None:
    visitor = browser()
    page = visitor.post("/account/display", theme=theme)
    assert page.status_code == 302
    assert visitor.client.get_cookie("theme").value == "auto"
    visitor.client.set_cookie("theme", 'x"><script>alert(1)</script>')
    assert "alert(1)" not in visitor.get("/help/").text


def test_light_or_dark_stays_after_signing_out(browser) -> None:
    visitor = browser(make_account(Role.ADVOCATE))
    visitor.post("/account/display", theme="dark")
    visitor.post("/sign-out")
    assert 'data-theme="dark"' in visitor.get("/").text


def test_pages_about_oneself_are_kept_by_no_cache_and_their_titles_say_nothing(browser) -> None:
    account = make_account(Role.TUTOR, name="Wilhelmina Fothergill")
    visitor = browser(account)
    for path in ("/account/", "/account/name", "/account/password", "/account/confirm"):
        page = visitor.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        title = page.text.split("<title>")[1].split("</title>")[0]
        assert "Wilhelmina" not in title
        assert account.address not in title
        for word in ("slavery", "trafficking", "survivor", "advocate"):
            assert word not in title.lower()


def test_a_copied_cookie_ends_with_the_session_it_was_copied_from(browser) -> None:
    account = make_account(Role.ADVOCATE)
    desk = browser(account)
    copy = visitor_with(desk.app, cookie_of(desk))
    assert is_in(copy)
    ref = queries.open_sessions(account.id)[0].ref
    desk.post(f"/account/sessions/{ref}/end")
    assert not is_in(copy)
    assert not is_in(desk)
