"""The pages about people: whom one finds there, and what registrar and administrator may do."""

import pytest

from lms.access.actor import SYSTEM, Role
from lms.accounts import operations, queries
from lms.accounts.models import Account
from lms.db import unit_of_work
from tests.accounts.links import (
    NEW,
    newcomer,
    open_links,
    paths_sent_to,
    with_known_password,
)
from tests.factories import make_account, trail_of
from tests.sessions.coming_in import is_in, sign_in
from tests.web.html import find, page as parsed

pytestmark = pytest.mark.usefixtures("app")
KEEPERS = [Role.REGISTRAR, Role.ADMIN]


def roles(account: Account) -> set[Role]:
    return set(queries.actor_for(account).roles)


def invited(address: str) -> Account:
    found = queries.account_with_address(address)
    assert found is not None
    return found


def test_a_registrar_invites_somebody_with_a_role_and_a_link_is_on_its_way(browser) -> None:
    visitor = browser(make_account(Role.REGISTRAR))
    page = visitor.fill_in("/people/new", name="Tomos", email=" New@Example.ORG ", role="tutor")
    assert "An invitation is on its way to new@example.org" in page.text
    account = invited("new@example.org")
    assert roles(account) == {Role.TUTOR}
    assert len(paths_sent_to(account)) == 1
    assert trail_of(account.ref) == ["account opened", "role granted", "invited"]


def test_a_registrar_invited_by_one_waits_for_another(browser) -> None:
    first, second = make_account(Role.REGISTRAR), make_account(Role.REGISTRAR)
    proposer = browser(first)
    proposer.fill_in("/people/new", name="Robin", email="robin@example.org", role="registrar")
    account = invited("robin@example.org")
    assert roles(account) == set()
    ref = queries.grants_of(account)[0][0].ref
    path = f"/people/{account.ref}/roles/{ref}/confirm"
    assert "Another registrar confirms it" in proposer.get("/people/").text
    assert path not in proposer.get(f"/people/{account.ref}").text
    assert proposer.post(path).status_code == 404
    assert roles(account) == set()
    other = browser(second)
    assert path in other.get(f"/people/{account.ref}").text
    assert other.post(path).status_code == 302
    assert roles(account) == {Role.REGISTRAR}


def test_an_administrator_invites_and_gives_no_role_whatever_the_form_says(browser) -> None:
    visitor = browser(make_account(Role.ADMIN))
    page = visitor.get("/people/new")
    assert not find(parsed(page.text), "select", name="role")
    page = visitor.fill_in("/people/new", name="Plain", email="plain@example.org")
    assert page.status_code == 200
    assert roles(invited("plain@example.org")) == set()
    for role in ("tutor", "registrar", "admin"):
        page = visitor.post("/people/new", name="X", email=f"{role}@example.org", role=role)
        assert page.status_code == 404
        assert queries.account_with_address(f"{role}@example.org") is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "", "email": "a@example.org"}, "Enter a name"),
        ({"name": "  ", "email": "a@example.org"}, "Enter a name"),
        ({"name": "A", "email": ""}, "name@example.org"),
        ({"name": "A", "email": "no address"}, "name@example.org"),
        ({"name": "A", "email": "a@example.org\r\nBcc: b@example.org"}, "name@example.org"),
        ({"name": "A\x00", "email": "a@example.org"}, "can’t be kept"),
        ({"name": "A", "email": "a\x00@example.org"}, "can’t be shown"),
        ({"name": "A", "email": "a@example.org", "role": "advocate"}, "Not a valid choice"),
        ({"name": "A", "email": "a@example.org", "role": "coordinator"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_form_and_nobody_is_invited(browser, fields, said) -> None:
    page = browser(make_account(Role.REGISTRAR)).post("/people/new", **fields)
    assert page.status_code == 422
    assert said in page.text
    assert queries.account_with_address("a@example.org") is None


def test_an_address_that_has_an_account_is_not_invited_anew(browser) -> None:
    account = make_account()
    page = browser(make_account(Role.REGISTRAR)).post(
        "/people/new", name="Again", email=account.address.upper()
    )
    assert page.status_code == 422
    assert "already has an account" in page.text


@pytest.mark.parametrize("role", KEEPERS)
def test_an_invitation_is_sent_again_and_cancelled_from_the_page(browser, role) -> None:
    account, visitor = newcomer(), browser(make_account(role))
    assert visitor.post(f"/people/{account.ref}/invite").status_code == 302
    assert visitor.post(f"/people/{account.ref}/invite").status_code == 302
    first, second = paths_sent_to(account)
    assert browser().get(first).status_code == 404
    assert browser().get(second).status_code == 200
    assert visitor.post(f"/people/{account.ref}/cancel-invitation").status_code == 302
    assert browser().get(second).status_code == 404
    assert "There is no link that works" in visitor.get(f"/people/{account.ref}").text


@pytest.mark.parametrize("role", KEEPERS)
def test_an_address_is_corrected_and_the_person_signs_in_with_the_new_one(browser, role) -> None:
    account = with_known_password()
    old = account.address
    page = browser(make_account(role)).post(
        f"/people/{account.ref}/address", email="Right@Example.org"
    )
    assert page.status_code == 302
    account = queries.account(account.ref)
    assert account.address == "right@example.org"
    assert queries.account_with_address(old) is None
    visitor = browser()
    sign_in(visitor, account)
    assert is_in(visitor)
    assert "address corrected" in trail_of(account.ref)


def test_an_address_of_somebody_else_or_none_at_all_is_refused_and_kept_in_the_box(browser):
    account, other = make_account(), make_account()
    visitor = browser(make_account(Role.REGISTRAR))
    for typed in (other.address.upper(), "no address", "a@exam,ple.org", ""):
        page = visitor.post(f"/people/{account.ref}/address", email=typed)
        assert page.status_code == 422
        assert typed in page.text
    assert queries.account(account.ref).address == account.address
    # One's own address, written another way, is no conflict.
    page = visitor.post(f"/people/{account.ref}/address", email=account.address.upper())
    assert page.status_code == 302


@pytest.mark.parametrize("role", KEEPERS)
def test_an_account_is_shut_and_opened_again(browser, role) -> None:
    account, keeper = with_known_password(), browser(make_account(role))
    visitor = browser(account)
    assert keeper.post(f"/people/{account.ref}/disable").status_code == 302
    assert not is_in(visitor)
    assert sign_in(browser(), account).status_code == 422
    assert keeper.post(f"/people/{account.ref}/enable").status_code == 302
    again = browser()
    sign_in(again, account)
    assert is_in(again)
    events = trail_of(account.ref)
    assert events.index("account disabled") < events.index("account enabled")


def test_shutting_it_twice_keeps_the_first_moment() -> None:
    account = make_account()
    for _ in range(2):
        with unit_of_work():
            operations.disable(account, actor=SYSTEM)
    first = queries.account(account.ref).disabled_at
    with unit_of_work():
        operations.disable(account, actor=SYSTEM)
    assert queries.account(account.ref).disabled_at == first


@pytest.mark.parametrize("role", KEEPERS)
def test_nobody_shuts_readdresses_or_promotes_themselves(browser, role) -> None:
    account = make_account(role)
    visitor = browser(account)
    posts = {"disable": {}, "enable": {}, "address": {"email": "x@example.org"}}
    if role is Role.REGISTRAR:
        posts["roles"] = {"role": "chair"}
    for name, fields in posts.items():
        assert visitor.post(f"/people/{account.ref}/{name}", **fields).status_code == 404
    page = visitor.get(f"/people/{account.ref}")
    assert "This is your own account" in page.text
    assert not [f for f in find(parsed(page.text), "form") if account.ref in f.get("action", "")]
    assert roles(account) == {role}


@pytest.mark.parametrize("role", sorted(set(Role) - set(KEEPERS)))
def test_nobody_else_finds_people_at_all(browser, role) -> None:
    account, visitor = newcomer(), browser(make_account(role))
    assert visitor.get("/people/").status_code == 403
    assert visitor.get("/people/new").status_code == 403
    there, not_there = (
        [visitor.get(f"/people/{ref}{rest}") for rest in ("", "/identity")]
        + [visitor.post(f"/people/{ref}/{act}") for act in ("invite", "disable", "roles")]
        for ref in (account.ref, "USR-0000-0000-0000-0000")
    )
    assert {page.status_code for page in [*there, *not_there]} == {404}
    assert queries.account(account.ref).disabled_at is None
    assert open_links(account) == 0


def test_the_list_is_found_by_name_and_address_and_treats_signs_as_signs(browser) -> None:
    make_account(name="Amara Okonjo")
    make_account(name="Percy 100%")
    make_account(name="Élodie Ångström")
    visitor = browser(make_account(Role.ADMIN, name="Keeper"))
    for sought, found in (("okon", True), ("OKONJO", True), ("zzz", False), ("_mara", True)):
        assert ("Amara Okonjo" in visitor.get(f"/people/?q={sought}").text) == found
    for sought in ("élodie", "ÉLODIE ÅNG", "Ångström"):
        assert "Élodie" in visitor.get("/people/", query_string={"q": sought}).text
    assert "Nobody matches" in visitor.get("/people/?q=' OR 1=1 --").text
    for odd in ("%00", "%25", "_", "\\", "a" * 300, "<script>"):
        assert visitor.get("/people/", query_string={"q": odd}).status_code == 200
    for page in ("0", "-1", "x", "99999999999999999999"):
        assert visitor.get(f"/people/?page={page}").status_code in {200, 404}


def test_a_name_is_never_part_of_the_page(browser) -> None:
    hostile = make_account(name="<img src=x onerror=alert(1)>")
    visitor = browser(make_account(Role.REGISTRAR))
    for path in ("/people/", f"/people/{hostile.ref}", f"/people/{hostile.ref}/identity"):
        page = visitor.get(path)
        assert page.status_code == 200
        assert not find(parsed(page.text), "img", src="x")


def test_titles_name_nobody(browser) -> None:
    account = make_account(Role.ADVOCATE, name="Wilhelmina Fothergill")
    visitor = browser(make_account(Role.REGISTRAR))
    for path in (f"/people/{account.ref}", f"/people/{account.ref}/identity", "/people/"):
        page = visitor.get(path)
        title = page.text.split("<title>")[1].split("</title>")[0]
        assert "Wilhelmina" not in title
        assert account.address not in title
        assert page.headers["Cache-Control"] == "no-store"


def test_a_grant_of_somebody_else_is_not_reached_through_another_persons_page(browser) -> None:
    first, second = make_account(Role.REGISTRAR), make_account(Role.REGISTRAR)
    target, other = make_account(), make_account()
    browser(first).post(f"/people/{target.ref}/roles", role="registrar")
    ref = queries.grants_of(target)[0][0].ref
    visitor = browser(second)
    for act in ("confirm", "end"):
        assert visitor.post(f"/people/{other.ref}/roles/{ref}/{act}").status_code == 404
        assert visitor.post(f"/people/{target.ref}/roles/ROL-1/{act}").status_code == 404
    assert visitor.post(f"/people/{target.ref}/roles/{ref}/confirm").status_code == 302
    assert visitor.post(f"/people/{target.ref}/roles/{ref}/end").status_code == 302
    assert visitor.post(f"/people/{target.ref}/roles/{ref}/end").status_code == 409
    assert roles(target) == set()


def test_a_role_is_given_from_a_list_and_from_nothing_else(browser) -> None:
    account, visitor = make_account(), browser(make_account(Role.REGISTRAR))
    path = f"/people/{account.ref}/roles"
    for role in ("", "advocate", "coordinator", "supervisor", "superuser", "REGISTRAR"):
        assert visitor.post(path, role=role).status_code == 422
    assert visitor.post(path).status_code == 422
    assert roles(account) == set()
    assert visitor.post(path, role="author", at="ORG-1", account=account.ref).status_code == 302
    assert roles(account) == {Role.AUTHOR}
    assert visitor.post(path, role="author").status_code == 409


def test_a_link_never_stands_on_a_page_of_the_staff(browser) -> None:
    """It goes to the person's mailbox alone, so that nobody else can set their password."""
    visitor = browser(make_account(Role.REGISTRAR))
    page = visitor.fill_in("/people/new", name="New", email="new@example.org", role="tutor")
    account = invited("new@example.org")
    (path,) = paths_sent_to(account)
    for text in (page.text, visitor.get("/people/").text, visitor.get("/audit/").text):
        assert path.rpartition("/")[2] not in text
    assert browser().post(path, password=NEW).status_code == 302
