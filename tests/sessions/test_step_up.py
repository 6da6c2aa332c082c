"""Acts that matter ask again who you are; what was filled in waits for the answer."""

from datetime import timedelta

import pytest
from flask import Flask

from lms import clock
from lms.access.actor import Role
from lms.accounts import queries as accounts
from lms.accounts.models import Account
from tests.factories import PASSWORD, make_account, trail_of
from tests.sessions.coming_in import (
    SAME_ORIGIN,
    WRONG,
    cookie_of,
    set_up,
    visitor_with,
    with_password,
)
from tests.support.pages import Visitor
from tests.web.html import find, only, page as parsed

pytestmark = pytest.mark.usefixtures("app")
NOON = (clock.now() + timedelta(days=1)).replace(hour=12, minute=0, second=10, microsecond=0)
MINUTE = timedelta(minutes=1)
REASON = "Typed wrongly in the roster, as the deed poll shows."

# By hand: what asks for a fresh proof in these rooms.
FRESH = {
    "people.invite",
    "people.correct_address",
    "people.disable",
    "people.enable",
    "people.grant_role",
    "people.confirm_role",
    "people.end_role",
    "people.identity",
    "account.begin_second_factor",
    "account.recovery_codes",
    "clearing.ask",
    "clearing.confirm",
}


def registrar() -> tuple[Account, list[str]]:
    account = with_password(make_account(Role.REGISTRAR))
    with clock.stopped(NOON - timedelta(days=1)):
        return account, set_up(account)[1]


def at_noon(browser, account: Account) -> Visitor:
    with clock.stopped(NOON):
        return browser(account)


def kept_awake(visitor: Visitor, minutes: int) -> None:
    """The visitor reads on, so that the session lives while its proof grows old."""
    for later in range(20, minutes + 1, 20):
        with clock.stopped(NOON + later * MINUTE):
            assert visitor.get("/account/").status_code == 200


def filled(tree) -> dict[str, str]:
    """The hidden fields of the form on the page that carries something on."""
    main = only(tree, "main")
    return {box.get("name"): box.get("value", "") for box in find(main, "input", type="hidden")}


@pytest.mark.parametrize("endpoint", sorted(FRESH))
def test_what_matters_asks_again_who_you_are(app: Flask, browser, endpoint) -> None:
    account, _ = registrar()
    visitor, other = at_noon(browser, account), make_account(Role.TUTOR)
    grant = accounts.grants_of(other)[0][0]
    kept_awake(visitor, 60)
    values = {"ref": other.ref, "grant_ref": grant.ref, "clearing_ref": "CLR-1"}
    (rule,) = app.url_map.iter_rules(endpoint)
    path = app.url_map.bind("localhost").build(endpoint, {n: values[n] for n in rule.arguments})
    with clock.stopped(NOON + 61 * MINUTE):
        if "GET" in rule.methods:
            page = visitor.get(path)
            assert page.headers["Location"] == f"/account/confirm?next={path}"
        page = visitor.post(path, reason=REASON)
    assert page.status_code == 403
    assert "Is it still you?" in page.text
    after = accounts.account(other.ref)
    assert after.disabled_at is None
    assert after.address == other.address
    assert trail_of(other.ref)[-1] == "role granted"


def test_sixteen_minutes_after_the_proof_a_page_asks_and_its_form_is_still_taken(browser) -> None:
    account, _ = registrar()
    visitor, other = at_noon(browser, account), make_account(Role.TUTOR)
    path = f"/people/{other.ref}/identity"
    with clock.stopped(NOON + 15 * MINUTE):
        assert visitor.get(path).status_code == 200
    with clock.stopped(NOON + 16 * MINUTE):
        assert visitor.get(path).headers["Location"] == f"/account/confirm?next={path}"
        assert visitor.post(f"/people/{other.ref}/disable").status_code == 302
    assert accounts.account(other.ref).disabled_at is not None


def test_after_the_answer_the_page_opens_that_asked(browser) -> None:
    account, codes = registrar()
    visitor, other = at_noon(browser, account), make_account(Role.TUTOR)
    path = f"/people/{other.ref}/identity"
    with clock.stopped(NOON + 20 * MINUTE):
        asked = visitor.get(path).headers["Location"]
        page = visitor.fill_in(asked, password=PASSWORD, code=codes[0])
        assert page.request.path == path
        assert page.status_code == 200
    assert "proved identity again" in trail_of(account.ref)


@pytest.mark.parametrize(
    ("password", "right_code"), [(WRONG, True), (PASSWORD, False), (WRONG, False)]
)
def test_password_and_code_are_both_needed(browser, password, right_code) -> None:
    account, codes = registrar()
    visitor = at_noon(browser, account)
    with clock.stopped(NOON + 20 * MINUTE):
        fields = {"password": password, "code": codes[0] if right_code else "000000"}
        assert visitor.fill_in("/account/confirm", **fields).status_code == 422
        assert visitor.get("/people/new").status_code == 302
    assert "proved identity again" not in trail_of(account.ref)[:-1]


def test_what_was_typed_comes_along_and_is_sent_by_one_more_press(browser) -> None:
    account, codes = registrar()
    visitor, other = at_noon(browser, account), make_account(Role.ADVOCATE)
    path = f"/people/{other.ref}/identity"
    typed = {
        "certificate_name": "Amara “A” O’Brien & Søn <b>",
        "born_on-day": "1",
        "born_on-month": "3",
        "born_on-year": "1990",
        "reason": REASON,
    }
    kept_awake(visitor, 60)
    with clock.stopped(NOON + 61 * MINUTE):
        data = {"csrf_token": visitor.token(), **typed}
        page = visitor.client.post(path, data=data, headers=SAME_ORIGIN)
        assert page.status_code == 403
        assert REASON in page.text
        carried = filled(parsed(page.text))
        page = visitor.client.post(
            "/account/confirm", data={**carried, "password": PASSWORD, "code": codes[0]}
        )
        assert "What you sent is still here" in page.text
        tree = parsed(page.text)
        main = only(tree, "main")
        (form,) = find(main, "form", method="post")
        assert form.get("action") == path
        again = filled(tree)
        assert {name: again[name] for name in typed} == typed
        page = visitor.client.post(path, data=again)
        assert page.status_code == 302
    found = accounts.identity_of(other.id)
    assert found is not None
    assert found.certificate_name == typed["certificate_name"]


def test_a_wrong_password_on_the_way_loses_nothing(browser) -> None:
    account, codes = registrar()
    visitor, other = at_noon(browser, account), make_account(Role.ADVOCATE)
    kept_awake(visitor, 60)
    with clock.stopped(NOON + 61 * MINUTE):
        data = {"csrf_token": visitor.token(), "reason": REASON}
        path = f"/people/{other.ref}/identity"
        page = visitor.client.post(path, data=data, headers=SAME_ORIGIN)
        fields = {**filled(parsed(page.text)), "password": WRONG, "code": codes[0]}
        page = visitor.client.post("/account/confirm", data=fields)
        assert page.status_code == 422
        assert REASON in page.text
        fields = {**filled(parsed(page.text)), "password": PASSWORD, "code": codes[0]}
        page = visitor.client.post("/account/confirm", data=fields)
        assert REASON in page.text


def test_a_button_alone_comes_along_too(browser) -> None:
    """Otherwise somebody would go home believing that the account is shut."""
    account, codes = registrar()
    visitor, other = at_noon(browser, account), make_account(Role.TUTOR)
    path = f"/people/{other.ref}/disable"
    kept_awake(visitor, 60)
    with clock.stopped(NOON + 61 * MINUTE):
        page = visitor.client.post(path, data={"csrf_token": visitor.token()}, headers=SAME_ORIGIN)
        fields = {**filled(parsed(page.text)), "password": PASSWORD, "code": codes[0]}
        page = visitor.client.post("/account/confirm", data=fields)
        main = only(parsed(page.text), "main")
        assert only(main, "form", method="post").get("action") == path
        assert accounts.account(other.ref).disabled_at is None
        visitor.client.post(path, data=filled(parsed(page.text)))
    assert accounts.account(other.ref).disabled_at is not None


def test_proving_it_here_proves_nothing_in_another_browser(browser) -> None:
    account, codes = registrar()
    visitor, other = at_noon(browser, account), at_noon(browser, account)
    with clock.stopped(NOON + 20 * MINUTE):
        visitor.fill_in("/account/confirm", password=PASSWORD, code=codes[0])
        assert visitor.get("/people/new").status_code == 200
        assert other.get("/people/new").status_code == 302


def test_the_question_itself_is_put_only_to_somebody_signed_in(browser) -> None:
    visitor = browser()
    assert visitor.get("/account/confirm").headers["Location"].startswith("/sign-in")
    assert visitor.post("/account/confirm", password=PASSWORD).status_code == 401
    account, _ = registrar()
    stale = visitor_with(visitor.app, cookie_of(at_noon(browser, account)))
    with clock.stopped(NOON + 31 * MINUTE):
        assert stale.get("/account/confirm").headers["Location"].startswith("/sign-in")
