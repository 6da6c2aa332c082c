"""What these rooms send: neutral, with one link at most, and nothing about anybody."""

import re

import pytest

from lms.access.actor import SYSTEM, Role
from lms.accounts import operations
from lms.db import unit_of_work
from lms.messages.mailer import Letterhead, compose
from lms.outbox import MessageKind
from tests.accounts.links import (
    BASE,
    ask_reset,
    invite,
    link_in,
    mails,
    newcomer,
    paths_sent_to,
    with_known_password,
)
from tests.factories import make_account
from tests.sessions.coming_in import all_text_in

HEAD = Letterhead("Alongside", "alongside@example.org", f"{BASE}/sign-in")
SUBJECT = "A message from Alongside"
FORBIDDEN = """
    slavery traffick survivor victim advocate referral nrm imsa cohort module programme course
    mark award accredit tutor registrar role organisation password
""".split()


def forbidden_in(text: str) -> list[str]:
    """Words that would tell whoever reads over a shoulder what this is about."""
    return [word for word in FORBIDDEN if word in text.lower()]


def test_there_are_three_kinds_of_mail_and_no_more() -> None:
    assert set(MessageKind) == {"neutral", "link", "receipt"}


@pytest.mark.parametrize(
    ("kind", "content", "body"),
    [
        (MessageKind.NEUTRAL, "", "Sign in to read it:\nhttp://localhost/sign-in\n"),
        (
            MessageKind.LINK,
            f"{BASE}/reset/abc",
            "Sign in to read it:\nhttp://localhost/sign-in\n\nhttp://localhost/reset/abc\n",
        ),
        (
            MessageKind.RECEIPT,
            "SUB-1\nSHA-256 0f",
            "Sign in to read it:\nhttp://localhost/sign-in\n\nSUB-1\nSHA-256 0f\n",
        ),
    ],
)
def test_each_kind_says_this_and_nothing_else(kind, content, body) -> None:
    mail = compose(HEAD, kind, "amara@example.org", "MSG-1", content)
    assert mail["Subject"] == SUBJECT
    assert mail["To"] == "amara@example.org"
    assert mail["From"] == "alongside@example.org"
    assert mail.get_content() == body
    assert set(mail.keys()) == {
        "Subject",
        "From",
        "To",
        "Message-ID",
        "Auto-Submitted",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }


def test_a_neutral_mail_carries_nothing_even_when_handed_something() -> None:
    mail = compose(HEAD, MessageKind.NEUTRAL, "a@example.org", "MSG-1", "a mark of 70")
    assert "70" not in mail.get_content()


@pytest.mark.usefixtures("app")
def test_an_invitation_says_nothing_but_its_link() -> None:
    account = newcomer(Role.REGISTRAR)
    path = invite(account)
    (mail,) = mails()
    assert mail["To"] == account.address
    assert mail["Subject"] == SUBJECT
    assert mail.get_content() == f"Sign in to read it:\n{BASE}/sign-in\n\n{BASE}{path}\n"


@pytest.mark.usefixtures("app")
def test_a_reset_says_nothing_but_its_link() -> None:
    account = with_known_password(Role.TUTOR)
    path = ask_reset(account)
    (mail,) = mails()
    assert mail.get_content() == f"Sign in to read it:\n{BASE}/sign-in\n\n{BASE}{path}\n"


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("send", [invite, ask_reset])
@pytest.mark.parametrize("role", list(Role))
def test_no_mail_names_anybody_any_role_or_anything_taught(send, role) -> None:
    account = make_account(role, name="Wilhelmina Fothergill")
    if send is invite:
        with unit_of_work():
            account.password_hash = None
    path = send(account)
    (mail,) = mails()
    whole = mail.as_string()
    for random in (account.address, path.rpartition("/")[2], str(mail["Message-ID"])):
        whole = whole.replace(random, "")
    assert "Wilhelmina" not in whole
    assert "Fothergill" not in whole
    assert account.ref not in whole
    assert role.value not in whole
    assert forbidden_in(whole) == []
    # The sign-in page, and one link: nothing else to press, nothing to load.
    assert len(re.findall(r"https?://", whole)) == 2
    assert mail.get_content_type() == "text/plain"
    assert not mail.is_multipart()


@pytest.mark.usefixtures("app")
def test_the_link_in_the_mail_is_the_one_that_works(browser) -> None:
    account = newcomer()
    invite(account)
    invite(account)
    first, second = (link_in(each) for each in mails())
    assert {browser().get(first).status_code, browser().get(second).status_code} == {404, 200}


@pytest.mark.usefixtures("app")
def test_a_mail_goes_to_the_address_as_it_is_when_it_is_sent() -> None:
    account = newcomer()
    invite(account)
    with unit_of_work():
        operations.correct_address(account, "corrected@example.org", actor=SYSTEM)
    (mail,) = mails()
    assert mail["To"] == "corrected@example.org"


@pytest.mark.usefixtures("app")
def test_a_shut_account_is_sent_nothing() -> None:
    account = newcomer()
    invite(account)
    with unit_of_work():
        operations.disable(account, actor=SYSTEM)
    assert mails() == []


@pytest.mark.usefixtures("app")
def test_a_link_waits_sealed_and_is_gone_once_it_is_sent() -> None:
    account = newcomer()
    path = invite(account)
    assert paths_sent_to(account) == [path]
    assert path.rpartition("/")[2] not in all_text_in("message")
    assert len(mails()) == 1
    assert paths_sent_to(account) == [""]
    assert len(mails()) == 1, "and it is sent once"


@pytest.mark.usefixtures("app")
def test_no_other_act_upon_an_account_sends_a_mail() -> None:
    account = with_known_password(Role.TUTOR)
    with unit_of_work():
        operations.change_name(account, "Another Name", actor=SYSTEM)
        operations.grant_role(account, Role.AUTHOR, actor=SYSTEM)
        operations.correct_address(account, "corrected@example.org", actor=SYSTEM)
        operations.disable(account, actor=SYSTEM)
        operations.enable(account, actor=SYSTEM)
    assert mails() == []
