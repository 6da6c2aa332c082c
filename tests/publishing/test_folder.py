"""The content page: what waits, what is wrong with it, and publishing it in the background."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lms import worker
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts, queries as people
from lms.accounts.models import Account
from lms.catalogue import queries
from lms.db import unit_of_work
from tests import factories
from tests.catalogue.folder import change
from tests.performance.counting import counting
from tests.publishing.conftest import PAGE, Publisher, standing_at, wish_at, words

Made = Callable[..., Publisher]


def _without_role(account: Account) -> None:
    accounts.end_role(people.standing_grant(account, Role.AUTHOR, ""), actor=SYSTEM)


def _shut_out(account: Account) -> None:
    accounts.disable(account, actor=SYSTEM)


def test_an_author_sees_what_waits_publishes_it_and_sees_it_published(publisher: Made) -> None:
    author = publisher()
    page = author.page()
    assert "AL701 Module 1 of the example" in words(page)
    assert "Nothing is published" in words(page)
    assert "It hasn’t been checked as it is now." in words(page)
    assert "Publish this content" in page.text
    with counting() as counted:
        author.page()
    assert not counted.writes

    pressed = author.press()
    assert standing_at(pressed).state == "waiting"
    waiting = author.visitor.get(pressed.location)
    assert "It waits for its turn." in words(waiting)
    assert "the background worker isn’t running: tell who runs this service" in words(waiting)
    assert f'href="{pressed.location}"' in waiting.text  # "Look again", with or without scripts
    assert "The content folder is being published." in words(author.page())
    assert not queries.versions()

    worker.work_once()
    done = author.visitor.get(pressed.location)
    assert "The content is published. Running intakes keep the version they have." in words(done)
    page = author.page()
    assert "Nothing in the folder has changed since." in words(page)
    assert "Publish this content" not in page.text
    (version,) = queries.versions()
    assert version.published_by == author.account.ref
    assert factories.trail_of(wish_at(pressed).ref) == [
        "publishing of content asked for",
        "content published as asked for",
    ]
    assert factories.trail_of(version.ref) == ["content published"]


def test_a_check_publishes_nothing_and_is_remembered_until_something_changes(
    publisher: Made, folder: Path
) -> None:
    author = publisher()
    said = words(author.check())
    assert "Checked" in said
    assert "No review yet" in said or "things were found" in said
    assert not queries.versions()
    assert "things to look at were found" in words(author.page())
    change(folder, PAGE, "What it says.", "What it said.")
    assert "It hasn’t been checked as it is now." in words(author.page())


def test_broken_front_matter_is_refused_with_file_line_and_reason_and_what_is_live_stays(
    publisher: Made, folder: Path
) -> None:
    author = publisher()
    author.publish()
    (live,) = queries.versions()
    change(folder, PAGE, "minutes: 20", "minutes: [20")
    refused = words(author.publish())
    assert "Nothing was published" in refused
    assert "What is live stays as it is." in refused
    assert f"Line 4 {PAGE} expected ',' or ']'" in refused
    page = author.page()
    assert f"{PAGE} 4 expected ',' or ']'" in words(page)
    assert "Publish this content" not in page.text
    assert [each.ref for each in queries.versions()] == [live.ref]
    module = queries.module_of(live.id, "first")
    assert "What it says." in queries.text_of(queries.page_of(module, "beginning")).rendered.html


def test_what_the_programme_names_and_is_broken_is_seen_without_a_check(
    publisher: Made, folder: Path
) -> None:
    change(folder, "modules/01-first/module.yml", "credits: 10", "credits: many")
    page = words(publisher().page())
    assert "This can’t be published yet" in page
    assert "modules/01-first/module.yml 4 credits:" in page
    (folder / PAGE).unlink()
    (folder / PAGE).symlink_to(folder / "modules" / "nowhere.md")
    assert publisher().page().status_code == 200


def test_findings_are_shown_as_text(publisher: Made, folder: Path) -> None:
    change(folder, PAGE, "[[NRM]]", "[[<script>alert(1)</script>]]")
    author = publisher()
    for page in (author.check(), author.page()):
        assert "<script>alert" not in page.text
        assert "[[<script>alert(1)</script>]] is not in the glossary" in words(page)


def test_what_was_changed_since_it_was_looked_at_is_refused(publisher: Made, folder: Path) -> None:
    """At once when it is pressed, and by the worker when it comes to it."""
    author = publisher()
    seen = author.seen()
    change(folder, PAGE, "What it says.", "What it said.")
    assert author.press(seen=seen).status_code == 409
    assert author.visitor.post("/authoring/publish").status_code == 422

    pressed = author.press()
    change(folder, PAGE, "What it said.", "What it will say.")
    worker.work_once()
    assert standing_at(pressed).state == "refused"
    said = words(author.visitor.get(pressed.location))
    assert "The content was changed since you looked at it." in said
    assert not queries.versions()


def test_pressed_twice_it_is_one_wish_and_one_publication(publisher: Made) -> None:
    author = publisher()
    seen = author.seen()
    one, two = author.press(seen=seen), author.press(seen=seen)
    assert one.location == two.location
    worker.work_once()
    again = author.press(seen=seen)  # the page was never opened anew
    assert again.status_code == 409
    assert len(queries.publications()) == 1


def test_of_two_who_wish_the_same_both_see_it_published_once(publisher: Made) -> None:
    first, second = publisher(), publisher(Role.REGISTRAR)
    one, two = first.press(), second.press()
    assert one.location != two.location
    worker.work_once()
    assert {standing_at(one).state, standing_at(two).state} == {"published"}
    assert len(queries.publications()) == 1


@pytest.mark.parametrize("how", [_without_role, _shut_out])
def test_who_may_no_longer_publish_publishes_nothing(
    publisher: Made, how: Callable[[Account], None]
) -> None:
    author = publisher()
    pressed = author.press()
    with unit_of_work():
        how(author.account)
    worker.work_once()
    assert standing_at(pressed).state == "refused"
    assert standing_at(pressed).outcome.refusal == "Whoever asked for it may no longer publish."
    assert not queries.versions()
    assert factories.trail_of(wish_at(pressed).ref)[-1] == "publishing of content refused"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUTHOR, Role.REGISTRAR}))
def test_others_neither_see_nor_publish(browser, folder: Path, role: Role, publisher: Made) -> None:
    pressed = publisher().press()
    visitor = browser(factories.make_account(role))
    for path in ("/authoring/", pressed.location):
        assert visitor.get(path).status_code in {403, 404}
    for path in ("/authoring/publish", "/authoring/check"):
        assert visitor.post(path).status_code in {403, 404}
    assert not queries.versions()


def test_somebody_signed_out_is_asked_to_sign_in(browser, folder: Path) -> None:
    page = browser().get("/authoring/")
    assert (page.status_code, page.location.split("?")[0]) == (302, "/sign-in")
    assert browser().post("/authoring/publish").status_code == 401
    assert not queries.versions()


def test_publishing_is_no_link(browser, folder: Path) -> None:
    visitor = browser(factories.make_account(Role.AUTHOR))
    assert visitor.get("/authoring/publish").status_code == 405
    assert visitor.client.post("/authoring/publish").status_code == 403  # without its token
    assert not queries.versions()


def test_a_plan_for_tutors_is_no_page_of_its_module(publisher: Made, folder: Path) -> None:
    author = publisher()
    plan = "---\ntitle: An evening on it\nminutes: 180\n---\n\nRead the first page.\n"
    (folder / "modules/01-first/session-plan.md").write_text(plan, encoding="utf-8")
    first = words(author.page()).split("AL701")[1]
    assert first.startswith(" Module 1 of the example 10 2 1 ")
