"""From the outbox to the mail server: once, in order, over outages, to today's address."""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import clock, outbox
from lms.access.actor import SYSTEM
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.db import db, unit_of_work
from lms.messages import mailer
from lms.messages.sender import send_due
from lms.outbox import Message, MessageKind
from tests import factories
from tests.support.post import Post, post
from tests.support.together import at_once

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A mail server to which the application sends."""
    with post() as found:
        monkeypatch.setitem(app.config, "MAIL_URL", found.url)
        yield found


def link(person: Account, key: str, *, at: datetime = NOON) -> None:
    with clock.stopped(at), unit_of_work():
        outbox.send(MessageKind.LINK, person.ref, key=key, content=f"https://link/{key}")


def sent_at(at: datetime) -> int:
    with clock.stopped(at):
        return send_due()


def messages() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def said(server: Post) -> list[tuple[str, str]]:
    """To whom, and which link."""
    return [(*taken.recipients, taken.text.split()[-1]) for taken in server.taken]


def test_a_mail_goes_to_the_address_that_the_account_has_now(server: Post) -> None:
    person = factories.make_account()
    link(person, "one")
    with unit_of_work():
        accounts.correct_address(person, "corrected@example.org", actor=SYSTEM)
    assert sent_at(NOON) == 1
    assert said(server) == [("corrected@example.org", "https://link/one")]


def test_nothing_goes_to_somebody_whose_account_is_shut_or_unknown(server: Post) -> None:
    person = factories.make_account()
    link(person, "one")
    with clock.stopped(NOON), unit_of_work():
        accounts.disable(person, actor=SYSTEM)
        outbox.send(MessageKind.NEUTRAL, "USR-0000-0000-0000-0000", key="two")
    assert sent_at(NOON) == 2
    assert server.taken == []
    assert all(each.finished_at and each.sealed is None for each in messages())


def test_no_mail_goes_for_a_change_that_never_was(server: Post) -> None:
    person = factories.make_account()

    def change_and_fail() -> None:
        outbox.send(MessageKind.NEUTRAL, person.ref, key="one")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), unit_of_work():
        change_and_fail()
    assert sent_at(NOON + HOUR) == 0
    assert server.taken == []


def test_after_a_day_without_a_mail_server_each_mail_goes_once_and_in_order(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [factories.make_account() for _ in range(3)]
    addresses = [each.address for each in people]
    with post() as gone:
        monkeypatch.setitem(app.config, "MAIL_URL", gone.url)
    for hour in range(0, 24, 3):
        at = NOON + hour * HOUR
        link(people[hour % 2], f"{hour}", at=at)
        for _ in range(4):
            assert sent_at(at) == 0
    with post(gone.port) as back:
        link(people[2], "last", at=NOON + 24 * HOUR)
        for minute in range(0, 16, 3):
            sent_at(NOON + 24 * HOUR + minute * MINUTE)
        assert sent_at(NOON + 90 * HOUR) == 0
        found = said(back)
    assert len(found) == len(set(found)) == 9
    for number, address in enumerate(addresses[:2]):
        links = [words for to, words in found if to == address]
        assert links == [f"https://link/{hour}" for hour in range(0, 24, 3) if hour % 2 == number]
    assert (addresses[2], "https://link/last") in found
    assert all(each.sealed is None for each in messages())


def test_a_mail_server_that_hangs_costs_one_wait_and_holds_up_nobody_else(
    app: Flask, server: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailer, "_SECONDS", 1)
    person = factories.make_account()
    for key in ("one", "two", "three"):
        link(person, key, at=clock.now())
    server.silent = True

    def change() -> float:
        began = time.monotonic()
        with unit_of_work():
            outbox.do("test", key="meanwhile")
        return time.monotonic() - began

    began = time.monotonic()
    sent, changed = at_once(app, [send_due, change])
    assert time.monotonic() - began < 2.5  # and not three waits
    assert sent == 0
    assert isinstance(changed, float)
    assert changed < 0.9
    assert [each.attempts for each in messages()] == [1, 0, 0]
    server.silent = False
    assert sent_at(clock.now() + 2 * MINUTE) == 3
    assert [words for _, words in said(server)] == [
        f"https://link/{n}" for n in ("one", "two", "three")
    ]


def test_one_whom_the_server_never_knows_does_not_hold_up_the_others(server: Post) -> None:
    one, other = factories.make_account(), factories.make_account()
    server.refuses = {one.address: "550 no such person"}
    link(one, "one")
    link(other, "two")
    assert sent_at(NOON) == 1
    assert [to for to, _ in said(server)] == [other.address]
    failed = messages()[0]
    assert (failed.problem, failed.finished_at) == ("Undeliverable", None)
    with unit_of_work():
        accounts.correct_address(one, "corrected@example.org", actor=SYSTEM)
    assert sent_at(NOON + HOUR) == 1
    assert said(server)[-1] == ("corrected@example.org", "https://link/one")


def test_two_senders_at_once_send_each_mail_once(app: Flask, server: Post, long: bool) -> None:
    people = [factories.make_account() for _ in range(3)]
    keys = [str(number) for number in range(60 if long else 6)]
    for number, key in enumerate(keys):
        link(people[number % 3], key, at=clock.now())
    answers = at_once(app, [send_due] * 2)
    assert sum(each for each in answers if isinstance(each, int)) == len(keys)
    assert sorted(words for _, words in said(server)) == sorted(f"https://link/{k}" for k in keys)
    for person in people:
        mine = [words for to, words in said(server) if to == person.address]
        assert mine == sorted(mine, key=lambda words: int(words.rpartition("/")[2]))


def test_the_same_message_always_has_the_same_id(server: Post) -> None:
    """So that one sent twice, after a crash between sending and noting it, can be told."""
    link(factories.make_account(), "one")
    sent_at(NOON)
    (message,) = messages()
    assert server.taken[0].mail["Message-ID"] == f"<{message.ref}@example.org>"


def test_no_transaction_is_open_while_a_mail_server_takes_its_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL would end it after 15 seconds; the mail would have gone, and go again."""
    seen: list[bool] = []

    class Console:
        def write(self, _text: str) -> None:
            seen.append(db.session().in_transaction())

        def flush(self) -> None:
            pass

    link(factories.make_account(), "one")
    monkeypatch.setitem(app.config, "MAIL_URL", "console:")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Console())
        assert sent_at(NOON) == 1
    assert seen
    assert not any(seen)


def test_what_people_do_sends_mails_that_name_nobody_and_nothing(app: Flask) -> None:
    person = factories.make_account(name="Zebedee Quillfeather")
    enrolment = factories.make_enrolment()
    assessment = factories.make_assessment(enrolment.cohort)
    submission = factories.hand_in(enrolment, assessment)
    with unit_of_work():
        person.password_hash = None
        accounts.invite(person, "https://lms.example.org", actor=SYSTEM)
    assert send_due() == 2
    names = [
        *(person.name, "Zebedee", enrolment.advocate.name, enrolment.organisation.name),
        *(assessment.brief.title, assessment.brief.module.title, enrolment.cohort.ref),
    ]
    mails: dict[str, Any] = {}
    for path in app.config["SETTINGS"].keys_dir.parent.joinpath("mail").iterdir():
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        mails[mail["To"]] = mail.get_content()  # type: ignore[attr-defined]
        assert not [name for name in names if name in f"{mail}{mail.get_content()}"]  # type: ignore[attr-defined]
    assert submission.file_key in mails[enrolment.advocate.address]
    assert submission.ref in mails[enrolment.advocate.address]
    assert "/invitation/" in mails[person.address]
