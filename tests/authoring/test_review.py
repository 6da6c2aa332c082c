"""Review, sign-off and publishing: nobody signs for themselves, and nothing is made up."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lms.access.actor import Role
from lms.accounts.models import Account
from lms.authoring import queries
from lms.catalogue import queries as contents
from lms.catalogue.version_tree import tree_of
from lms.db import db
from lms.outbox import Message
from tests import factories
from tests.authoring.conftest import OTHER, PAGE, Editor, publish, words
from tests.catalogue.folder import change

Open = Callable[..., Editor]


def mails_to(account: Account) -> int:
    rows = db.session.scalars(select(Message).where(Message.recipient == account.ref)).all()
    assert all(each.kind == "neutral" and each.sealed is None for each in rows)
    return len(rows)


class Reviewer:
    """Somebody who is asked to review, in their own browser."""

    def __init__(self, browser: Any, author: Editor, kind: str, role: Role = Role.TUTOR) -> None:
        self.author, self.kind = author, kind
        self.account = factories.make_account(role)
        self.name, self.ref = self.account.name, self.account.ref
        self.visitor = browser(self.account)
        answer = author.post("review/appoint", look=kind, reviewer=self.ref)
        assert answer.status_code == 302, words(answer)

    def page(self) -> Any:
        return self.visitor.get(f"{self.author.at}/review")

    def say(self, verdict: str, text: str = "", **fields: str) -> Any:
        read = re.search(r'name="read" value="([0-9a-f]{64})"', self.page().text)
        sent = {"kind": self.kind, "read": read[1] if read else "0", "verdict": verdict}
        return self.visitor.post(
            f"{self.author.at}/review/say", **{**sent, "words": text, **fields}
        )


def live(name: str = PAGE) -> str:
    version = queries.latest_version()
    assert version is not None
    return tree_of(version.id).read(name).decode()


def test_a_draft_is_reviewed_signed_off_and_published_with_the_sign_off_in_its_file(
    editor: Open, browser: Any, folder: Path
) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    lawyer = Reviewer(browser, author, "legal")
    assert mails_to(lawyer.account) == 1
    assert author.post("review/ask").status_code == 302
    assert mails_to(lawyer.account) == 2
    assert author.draft.title in words(lawyer.visitor.get("/authoring/drafts/"))
    page = lawyer.page()
    assert re.search(r"<ins>.{0,60}Another", page.text)
    assert lawyer.say("agrees", named="y").status_code == 302
    survivor = Reviewer(browser, author, "lived_experience")
    assert "Drafts to review" in words(survivor.visitor.get("/"))
    assert survivor.say("agrees").status_code == 302
    assert "Drafts to review" not in words(survivor.visitor.get("/"))

    page = words(author.visitor.get(f"{author.at}/review"))
    assert f"Law Agrees {lawyer.name}" in page
    assert "Subject Not yet reviewed" in page
    assert "The draft is published." in words(author.publish())
    text = live()
    assert "## Another part" in text
    assert re.search(rf"reviewers:\n  legal:\n    by: {lawyer.name}\n    'on': \d{{4}}-", text)
    assert survivor.name not in text  # nobody is named there who didn't ask for it
    assert "lived_experience:\n    by: a reviewer who is not named" in text
    assert "subject" not in text
    assert "reviewers" not in live(OTHER)
    version = queries.latest_version()
    module = contents.module_of(version.id, "first")
    assert contents.page_of(module, "beginning").reviewers["legal"]["by"] == lawyer.name
    assert (folder / PAGE).read_text().count("Another part") == 0

    assert author.press_publish().location == author.at  # a second press
    assert queries.latest_version().ref == version.ref
    assert len(contents.versions()) == 2
    assert factories.trail_of(author.ref) == [
        "draft opened",
        "draft changed",
        "reviewer appointed",
        "review of draft asked for",
        "content reviewed",
        "reviewer appointed",
        "content reviewed",
        "publishing of content asked for",
        "draft published",
    ]


def test_an_objection_holds_publishing_back_until_its_reviewer_is_content(
    editor: Open, browser: Any
) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    lawyer, other = Reviewer(browser, author, "legal"), Reviewer(browser, author, "subject")
    author.post("review/ask")
    without = lawyer.say("objects")
    assert without.status_code == 422
    assert "Say what you object to" in words(without)
    assert lawyer.say("objects", "Section 1 says something else.").status_code == 302
    assert other.say("agrees").status_code == 302  # another kind lifts nothing
    refused = author.publish()
    assert refused.status_code == 422
    assert "A reviewer objects." in words(refused)
    page = author.visitor.get(f"{author.at}/review")
    assert "An objection stands" in words(page)
    assert "Section 1 says something else." in words(page)

    ref = re.search(r'<article[^>]* id="(REV-[^"]+)"', page.text)[1]
    before = mails_to(lawyer.account)
    answer = author.post(f"review/{ref}/answer", answer="It does since 2026.")
    assert answer.status_code == 302
    assert mails_to(lawyer.account) == before + 1
    assert author.publish().status_code == 422  # an answer alone lifts nothing

    author.change("## Another part", "## A better part")
    assert author.publish().status_code == 422  # nor does another text
    late = lawyer.say("agrees")
    assert late.status_code == 422
    assert "has not asked for review of the draft as it is now" in words(late)
    author.post("review/ask")
    assert lawyer.say("agrees").status_code == 302
    assert "The draft is published." in words(author.publish())
    assert "## A better part" in live()
    assert "subject:" not in live()  # that sign-off was for the older text


def test_an_objection_can_be_withdrawn_by_its_reviewer_alone(editor: Open, browser: Any) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    lawyer, second = (Reviewer(browser, author, "legal") for _ in range(2))
    author.post("review/ask")
    lawyer.say("objects", "No.")
    assert second.say("withdraws").status_code == 422
    assert author.publish().status_code == 422
    assert lawyer.say("withdraws").status_code == 302
    assert "The draft is published." in words(author.publish())


def test_nobody_reviews_their_own_words_or_a_kind_they_were_not_asked_for(
    editor: Open, browser: Any
) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    own = author.post("review/appoint", look="legal", reviewer=author.account.ref)
    assert own.status_code in {404, 422}
    stranger = browser(factories.make_account(Role.AUTHOR))
    page = stranger.post("/authoring/drafts/" + author.ref + "/review/say", kind="legal")
    assert page.status_code == 404
    colleague = Reviewer(browser, author, "legal", Role.AUTHOR)
    author.post("review/ask")
    assert colleague.say("agrees", kind="subject").status_code == 404
    assert colleague.say("agrees").status_code == 302
    # They write in it afterwards, and undo that: their agreement no longer counts.
    theirs = Editor(colleague.visitor, colleague.account, author.ref)
    theirs.change("## A part", "## My part", OTHER)
    theirs.post("restore", name=OTHER)
    assert "Law Not yet reviewed" in words(author.visitor.get(f"{author.at}/review"))
    assert colleague.say("agrees").status_code == 404
    registrar = browser(factories.make_account(Role.REGISTRAR))
    refused = registrar.post(f"{author.at}/review/appoint", look="subject", reviewer=colleague.ref)
    assert refused.status_code == 422
    assert "Nobody reviews their own words" in words(refused)


def test_a_word_about_an_older_text_is_refused(editor: Open, browser: Any) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    lawyer = Reviewer(browser, author, "legal")
    author.post("review/ask")
    read = re.search(r'name="read" value="([0-9a-f]{64})"', lawyer.page().text)[1]
    author.change("## Another part", "## Quite another part")
    author.post("review/ask")
    assert lawyer.say("agrees", read=read).status_code == 409
    assert not queries.reviews_of(author.draft.id)


def test_an_error_keeps_everything_from_being_published(editor: Open) -> None:
    author = editor()
    before = queries.latest_version().ref
    author.change("[[NRM]]", "[[NRN]]")
    refused = author.publish()
    assert "Nothing was published" in words(refused)
    assert f"{PAGE} [[NRN]] is not in the glossary" in words(refused)
    assert queries.latest_version().ref == before
    author.change("[[NRN]]", "[[NRM]]")
    assert author.publish().status_code == 422  # it changes nothing now


def test_a_reviewer_that_an_author_types_is_not_published(editor: Open) -> None:
    author = editor()
    typed = "minutes: 20\nreviewers:\n  legal: {by: Nobody, 'on': 2026-01-01}\n# a remark"
    author.change("minutes: 20", typed)
    assert "The draft is published." in words(author.publish())
    assert "Nobody" not in live()
    assert "minutes: 20\n# a remark\noutcomes: [LO1]\n" in live()


def test_somebody_published_since_the_draft_is_moved_and_says_which_files_conflict(
    editor: Open, folder: Path
) -> None:
    author = editor()
    author.change("## A part", "## My part")
    author.change("## A part", "## My end", OTHER)
    change(folder, PAGE, "## A part", "## Their part")
    publish(folder)
    db.session.rollback()
    refused = author.publish()
    assert refused.status_code == 409
    page = author.visitor.get(f"{author.at}/move")
    assert f"Changed by both {PAGE}" in words(page)
    assert f"You alone changed these. {OTHER}" in words(page)
    hidden = re.search(r'name="moment" value="([^"]*)"', page.text)[1]
    assert author.post("move", moment=hidden, mine=PAGE).status_code == 302
    assert "## My part" in author.text()
    assert "The draft is published." in words(author.publish())
    assert "## My part" in live()
    assert "## My end" in live(OTHER)
    assert author.visitor.get(f"{author.at}/move").status_code == 404


def test_what_became_as_published_stays_in_the_history(editor: Open, folder: Path) -> None:
    author = editor()
    author.change("## A part", "## My part")
    change(folder, PAGE, "## A part", "## Their part")
    publish(folder)
    db.session.rollback()
    page = author.visitor.get(f"{author.at}/move").text
    hidden = re.search(r'name="moment" value="([^"]*)"', page)[1]
    author.change("## My part", "## My newer part")
    stale = author.post("move", moment=hidden)
    assert stale.status_code == 200  # it is shown anew, and nothing was moved
    page = author.visitor.get(f"{author.at}/move").text
    hidden = re.search(r'name="moment" value="([^"]*)"', page)[1]
    assert author.post("move", moment=hidden).status_code == 302
    assert "## Their part" in author.text()
    history = queries.history_of(author.draft.id, PAGE)
    assert "## My newer part" in history[1].text


@pytest.mark.parametrize("role", [Role.TUTOR, Role.ADMIN, Role.ADVOCATE])
def test_others_publish_and_appoint_nothing(editor: Open, browser: Any, role: Role) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    visitor = browser(factories.make_account(role))
    for path in ("publish", "review/ask", "review/appoint", "move", "close"):
        assert visitor.post(f"{author.at}/{path}").status_code == 404
    assert len(contents.versions()) == 1


def test_who_wrote_in_a_draft_since_can_withdraw_their_objection_and_nothing_else(
    editor: Open, browser: Any
) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    colleague = Reviewer(browser, author, "legal", Role.AUTHOR)
    other = Reviewer(browser, author, "legal")
    author.post("review/ask")
    assert colleague.say("objects", "It says too little.").status_code == 302
    theirs = Editor(colleague.visitor, colleague.account, author.ref)
    theirs.change("## Another part", "## Another part, at length")
    page = words(colleague.page())
    assert "You can still withdraw what you objected to" in page
    assert "I have read it and agree to it" not in page
    author.post("review/ask")
    assert colleague.say("agrees").status_code == 404
    assert colleague.say("objects", "Still.").status_code == 404
    assert author.publish().status_code == 422
    assert other.say("withdraws").status_code == 422  # it is not theirs
    too_long = colleague.say("withdraws", "x" * 4001)
    assert too_long.status_code == 422
    assert "Make it shorter" in words(too_long)
    assert "x" * 4001 in too_long.text
    read = re.search(r'name="read" value="([0-9a-f]{64})"', colleague.page().text)[1]
    assert colleague.say("withdraws", "I mended it.").status_code == 302
    assert "You can still withdraw" not in words(colleague.page())
    assert colleague.say("withdraws", read=read).status_code == 422
    assert "Law Not yet reviewed" in words(author.visitor.get(f"{author.at}/review"))
    assert "The draft is published." in words(author.publish())


@pytest.mark.parametrize("how", ["publish", "close"])
def test_nothing_is_asked_or_answered_about_a_draft_that_has_ended(
    editor: Open, browser: Any, how: str
) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    lawyer = Reviewer(browser, author, "legal")
    author.post("review/ask")
    lawyer.say("objects", "No.")
    ref = queries.reviews_of(author.draft.id)[0].ref
    if how == "publish":
        lawyer.say("withdraws")
        author.publish()
    else:
        author.post("close")
    db.session.rollback()
    assert author.draft.ended_at is not None
    other, mails = factories.make_account(Role.TUTOR), mails_to(lawyer.account)
    for path, fields in (
        ("appoint", {"look": "subject", "reviewer": other.ref}),
        (f"{ref}/answer", {"answer": "A long and careful answer to what was said."}),
    ):
        sent = {"csrf_token": author.visitor.token(), **fields}
        refused = author.visitor.client.post(
            f"{author.at}/review/{path}", data=sent, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert refused.status_code == 422
        assert "This draft has ended" in words(refused)
    assert "A long and careful answer" in words(refused)  # it is not lost
    assert lawyer.say("objects", "A late word.", read="0" * 64).status_code == 422
    assert len(queries.appointments(author.draft.id)) == 1
    assert not queries.answers_of(author.draft.id)
    assert (mails_to(other), mails_to(lawyer.account)) == (0, mails)


def test_a_form_without_a_box_for_words_is_asked_for_them(editor: Open, browser: Any) -> None:
    author = editor()
    author.change("## A part", "## Another part")
    lawyer = Reviewer(browser, author, "legal")
    author.post("review/ask")
    read = re.search(r'name="read" value="([0-9a-f]{64})"', lawyer.page().text)[1]
    sent = {"kind": "legal", "read": read}
    at = f"{author.at}/review/say"
    refused = lawyer.visitor.post(at, verdict="objects", **sent)
    assert refused.status_code == 422
    assert "Say what you object to" in words(refused)
    assert lawyer.visitor.post(at, verdict="agrees", **sent).status_code == 302
    assert queries.reviews_of(author.draft.id)[0].words == ""
