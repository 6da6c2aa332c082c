"""Who somebody is by law: sealed, corrected with a reason, and never looked at unnoticed."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms import clock, vault
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations, queries
from lms.accounts.models import Account, Identity
from lms.audit import queries as trail
from lms.db import db, unit_of_work
from lms.errors import NotFound, RuleBroken
from tests.factories import actor_of, make_account, make_actor, trail_of
from tests.sessions.coming_in import all_text_in
from tests.support.pages import day
from tests.web.html import only, page as parsed, words

pytestmark = pytest.mark.usefixtures("app")
BORN = date(1987, 11, 23)
PLAIN = ("1987-11-23", "19871123", "23/11/1987", "23.11.1987", "11/23/1987", "23 November 1987")
REASON = "Typed wrongly in the roster."


def recorded(born_on: date = BORN, name: str = "Amara Okonjo") -> Account:
    account = make_account(Role.ADVOCATE)
    with unit_of_work():
        operations.record_identity(account, name, born_on, actor=SYSTEM)
    return account


def correct(account: Account, born_on: date, reason: str, *, by=SYSTEM) -> Identity:
    with unit_of_work():
        return operations.record_identity(account, "Amara O.", born_on, reason=reason, actor=by)


def found(account: Account) -> Identity:
    identity = queries.identity_of(account.id)
    assert identity is not None
    return identity


def test_a_date_of_birth_is_read_back_as_it_was_recorded() -> None:
    account = recorded()
    assert queries.born_on(found(account)) == BORN
    assert queries.birth_days([account.id]) == {account.id: BORN}
    assert queries.identity_of(make_account().id) is None


def test_no_column_of_any_table_holds_the_date_in_any_writing() -> None:
    account = recorded()
    correct(account, date(1988, 11, 23), REASON)
    for table in ("identity", "account", "audit_entry", "message", "job"):
        text = all_text_in(table)
        for plain in (*PLAIN, "1988-11-23"):
            assert plain not in text
            assert plain.encode().hex() not in text


def test_two_people_born_on_one_day_look_different_at_rest() -> None:
    """Otherwise a copy of the database would say who shares a birthday, and then whose it is."""
    first, second = recorded(), recorded()
    assert found(first).born_sealed != found(second).born_sealed


def test_the_key_lies_outside_the_database(app) -> None:
    account = recorded()
    sealed, ref = found(account).born_sealed, found(account).ref
    folder = app.config["SETTINGS"].keys_dir
    key = (folder / "seal.key").read_text().strip()
    for name in db.metadatas[None].tables:
        assert key not in all_text_in(name)
    stranger = vault.Keys(bytes(32), bytes(32))
    with pytest.raises(ValueError, match="does not open"):
        stranger.unseal(sealed, bound_to=ref)


def test_a_date_moved_to_another_persons_row_does_not_open() -> None:
    first, second = recorded(), recorded(date(1960, 1, 1))
    with unit_of_work():
        found(first).born_sealed = found(second).born_sealed
    with pytest.raises(ValueError, match="does not open"):
        queries.born_on(found(first))


@pytest.mark.parametrize("reason", ["", " ", "\n\t "])
def test_a_correction_says_why(reason) -> None:
    account = recorded()
    with pytest.raises(RuleBroken, match="Say why"):
        correct(account, date(1988, 11, 23), reason)
    assert queries.born_on(found(account)) == BORN


def test_a_correction_is_a_new_record_and_the_earlier_one_is_kept() -> None:
    account, registrar = recorded(), make_actor(Role.REGISTRAR)
    correct(account, date(1988, 11, 23), f" {REASON} ", by=registrar)
    rows = db.session.scalars(
        select(Identity).where(Identity.account_id == account.id).order_by(Identity.seq)
    ).all()
    assert [(each.seq, queries.born_on(each).year, each.reason) for each in rows] == [
        (1, 1987, ""),
        (2, 1988, REASON),
    ]
    assert rows[1].recorded_by == registrar.ref
    assert trail_of(account.ref)[-2:] == ["identity recorded", "identity recorded"]
    assert queries.birth_days([account.id]) == {account.id: date(1988, 11, 23)}


def test_the_database_itself_refuses_a_correction_without_a_reason() -> None:
    account = recorded()
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(
            Identity(
                ref="IDN-1",
                account_id=account.id,
                seq=2,
                certificate_name="Amara",
                born_sealed=b"x",
                reason="",
                recorded_by="system",
                recorded_at=clock.now(),
            )
        )


@pytest.mark.parametrize("born_on", [date(1800, 1, 1), date(2026, 1, 1), date(2090, 1, 1)])
def test_a_date_that_cannot_be_one_is_refused(born_on) -> None:
    account = make_account(Role.ADVOCATE)
    with pytest.raises(RuleBroken, match="year"):
        correct(account, born_on, REASON)
    assert queries.identity_of(account.id) is None


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGISTRAR}))
def test_nobody_but_a_registrar_records_or_sees_it(browser, role) -> None:
    account, other = recorded(), make_account(role)
    with pytest.raises(NotFound):
        correct(account, date(1988, 11, 23), REASON, by=actor_of(other))
    assert browser(other).get(f"/people/{account.ref}/identity").status_code == 404
    assert "identity read" not in trail_of(account.ref)


def test_a_registrar_neither_sees_nor_corrects_their_own(browser) -> None:
    account = make_account(Role.REGISTRAR)
    with pytest.raises(NotFound):
        correct(account, BORN, REASON, by=actor_of(account))
    visitor = browser(account)
    assert visitor.get(f"/people/{account.ref}/identity").status_code == 404
    page = visitor.post(
        f"/people/{account.ref}/identity",
        certificate_name="X",
        reason=REASON,
        **{"born_on-day": "1", "born_on-month": "3", "born_on-year": "1990"},
    )
    assert page.status_code == 404
    assert queries.identity_of(account.id) is None


def test_each_look_is_in_the_trail_and_says_nothing_of_what_was_seen(browser) -> None:
    account, registrar = recorded(), make_account(Role.REGISTRAR)
    visitor = browser(registrar)
    for _ in range(2):
        page = visitor.get(f"/people/{account.ref}/identity")
        assert "Amara Okonjo" in page.text
        assert only(parsed(page.text), "input", name="born_on-year").get("value") == "1987"
        assert page.headers["Cache-Control"] == "no-store"
    looks = [each for each in trail.all_entries() if each.event == "identity read"]
    assert [(each.actor, each.subject) for each in looks] == [(registrar.ref, account.ref)] * 2
    for each in trail.all_entries():
        assert "1987-11" not in each.facts
        assert "Amara" not in each.facts


def test_the_date_stands_on_no_other_page_of_the_person(browser) -> None:
    account = recorded()
    visitor = browser(make_account(Role.REGISTRAR))
    for path in ("/people/", f"/people/{account.ref}", "/audit/", f"/audit/?q={account.ref}"):
        text = words(parsed(visitor.get(path).text))
        assert "1987" not in text
        assert "Amara Okonjo" not in text


def test_a_registrar_corrects_it_on_the_page(browser) -> None:
    account, visitor = recorded(), browser(make_account(Role.REGISTRAR))
    page = visitor.fill_in(
        f"/people/{account.ref}/identity",
        certificate_name="Amara  Okonjo-Smith",
        reason=REASON,
        **day("born_on", date(1988, 2, 29)),
    )
    assert "The correction is recorded" in page.text
    assert found(account).certificate_name == "Amara Okonjo-Smith"
    assert queries.born_on(found(account)) == date(1988, 2, 29)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "Say why it is corrected"),
        ({"reason": "   "}, "Say why it is corrected"),
        ({"certificate_name": "  "}, "Enter the whole name"),
        ({"certificate_name": "A\x00"}, "can’t be kept"),
        ({"born_on-year": "2025"}, "the year can’t be right"),
        ({"born_on-month": "13"}, "month"),
        ({"born_on-day": "30", "born_on-month": "2"}, "Error"),
        ({"born_on-day": ""}, "day"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(browser, changes, said) -> None:
    account, visitor = recorded(), browser(make_account(Role.REGISTRAR))
    fields = {
        "certificate_name": "Amara Okonjo-Smith",
        "born_on-day": "2",
        "born_on-month": "3",
        "born_on-year": "1990",
        "reason": REASON,
        **changes,
    }
    page = visitor.post(f"/people/{account.ref}/identity", **fields)
    assert page.status_code == 422
    assert said in page.text
    tree = parsed(page.text) if "\x00" not in page.text else None
    if tree is not None:
        for name in ("born_on-day", "born_on-year"):
            assert only(tree, "input", name=name).get("value", "") == fields[name]
    assert found(account).seq == 1
