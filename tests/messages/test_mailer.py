"""What a mail says, and to whom: one of three kinds, neutral, to one person."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

from lms import refs
from lms.accounts.rules import normal_address
from lms.errors import RuleBroken
from lms.messages.mailer import Letterhead, Undeliverable, compose, deliver
from lms.outbox import MessageKind

HEAD = Letterhead("Alongside", "alongside@example.org", "https://lms.example.org/sign-in")
REF = "MSG-7Q4M-2XKD-9TBH-V3WN"
TO = "amara@example.org"
LINK = "https://lms.example.org/invitation/" + "x" * 32
RECEIPT = "Receipt SUB-7Q4M-2XKD-9TBH-V3WN\nSHA-256 " + "0a" * 32
EACH = [(MessageKind.NEUTRAL, ""), (MessageKind.LINK, LINK), (MessageKind.RECEIPT, RECEIPT)]
# What would tell somebody who looks over a shoulder what this is about.
TELLING = re.compile(
    r"slaver|traffick|survivor|victim|advocate|accredit|mark|grade|assess|module|course|board|"
    r"student|submission|employer|organisation",
    re.IGNORECASE,
)


def text_of(kind: MessageKind, content: str) -> str:
    return str(compose(HEAD, kind, TO, REF, content).get_content())


def test_there_are_three_kinds_and_no_more() -> None:
    assert set(MessageKind) == {"neutral", "link", "receipt"}


def test_a_neutral_mail_says_sign_in_and_nothing_else() -> None:
    assert text_of(MessageKind.NEUTRAL, "") == (
        "Sign in to read it:\nhttps://lms.example.org/sign-in\n"
    )
    assert text_of(MessageKind.NEUTRAL, "what it is about") == text_of(MessageKind.NEUTRAL, "")


def test_a_mail_with_a_link_has_that_one_and_nothing_else() -> None:
    said = text_of(MessageKind.LINK, LINK)
    assert said == text_of(MessageKind.NEUTRAL, "") + f"\n{LINK}\n"
    assert re.findall(r"https?://\S+", said) == [HEAD.sign_in, LINK]


def test_a_receipt_has_its_reference_and_hash_and_nothing_else() -> None:
    assert text_of(MessageKind.RECEIPT, RECEIPT) == (
        text_of(MessageKind.NEUTRAL, "") + f"\n{RECEIPT}\n"
    )


@pytest.mark.parametrize(("kind", "content"), EACH)
def test_no_header_tells_one_kind_from_another_or_what_it_is_about(
    kind: MessageKind, content: str
) -> None:
    mail = compose(HEAD, kind, TO, REF, content)
    assert dict(mail.items()) | {"Content-Transfer-Encoding": ""} == {
        "Subject": "A message from Alongside",
        "From": "alongside@example.org",
        "To": TO,
        "Message-ID": f"<{REF}@example.org>",
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "",
        "MIME-Version": "1.0",
    }


@pytest.mark.parametrize("kind", MessageKind)
def test_nothing_in_a_mail_tells_what_this_is(kind: MessageKind) -> None:
    mail = compose(HEAD, kind, TO, REF, "")
    assert not TELLING.search(f"{mail['Subject']} {mail.get_content()}")


def test_a_sender_with_a_name_keeps_the_message_id_whole() -> None:
    head = Letterhead("Alongside", "Alongside <alongside@example.org>", HEAD.sign_in)
    mail = compose(head, MessageKind.NEUTRAL, TO, REF, "")
    assert mail["Message-ID"] == f"<{REF}@example.org>"


@pytest.mark.parametrize(
    "address",
    [
        "amara@example.org\r\nBcc: all@example.org",
        "amara@example.org\nSubject: another",
        "amara@example.org, other@example.org",
        "Amara <amara@example.org>, <other@example.org>",
        "Amara <amara@example.org>",
        "amara@example.org other@example.org",
        "amara@example.org (other@example.org)",
        "all: amara@example.org, other@example.org;",
        "",
    ],
)
def test_an_address_can_bring_neither_another_recipient_nor_another_header(address: str) -> None:
    with pytest.raises((Undeliverable, ValueError)):
        compose(HEAD, MessageKind.NEUTRAL, address, REF, "")


@given(st.emails() | st.text(max_size=40).map(lambda local: f"{local}@example.org"))
@example("é@example.org")
@example("o'brien+one@example.org")
def test_whatever_passes_as_an_address_goes_to_that_one(typed: str) -> None:
    try:
        address = normal_address(typed)
    except RuleBroken:
        return
    mail = compose(HEAD, MessageKind.NEUTRAL, address, REF, "")
    assert [each.addr_spec for each in mail["To"].addresses] == [address]
    assert mail["Bcc"] is None
    assert len(mail.keys()) == len(set(mail.keys())) == 8


@given(st.text())
def test_no_content_can_add_a_header(content: str) -> None:
    try:
        sent = compose(HEAD, MessageKind.LINK, TO, REF, content).as_bytes()
    except UnicodeEncodeError:
        return  # lone surrogates
    again = message_from_bytes(sent, policy=policy.default)
    assert sorted(again.keys()) == sorted(compose(HEAD, MessageKind.LINK, TO, REF, "x").keys())


@pytest.mark.parametrize("service", ["Alongside\r\nBcc: all@example.org", "A\nB"])
def test_a_name_of_the_service_can_not_add_a_header(service: str) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        compose(Letterhead(service, HEAD.sender, HEAD.sign_in), MessageKind.NEUTRAL, TO, REF, "")


def test_mail_into_a_folder_is_one_file_each_named_by_its_reference(tmp_path: Path) -> None:
    url = (tmp_path / "mail to come").as_uri()
    for kind, content in EACH:
        deliver(url, compose(HEAD, kind, TO, refs.new("MSG"), content))
    mail = compose(HEAD, MessageKind.LINK, TO, REF, LINK)
    for _ in range(2):  # the same sent twice is the same file
        deliver(url, mail)
    files = sorted((tmp_path / "mail to come").iterdir())
    assert len(files) == 4
    found = message_from_bytes(
        (tmp_path / "mail to come" / f"{REF}.eml").read_bytes(), policy=policy.default
    )
    assert found["To"] == TO
    assert LINK in found.get_content()  # type: ignore[attr-defined]


def test_mail_to_the_console_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    deliver("console:", compose(HEAD, MessageKind.NEUTRAL, TO, REF, ""))
    said = capsys.readouterr().out
    assert f"To: {TO}" in said
    assert HEAD.sign_in in said
