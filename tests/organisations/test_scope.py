"""A coordinator sees their own organisation and its people; all others are as if not there."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lms import clock
from lms.access.actor import APPOINTMENTS, SYSTEM, Role
from lms.access.gate import may
from lms.access.permissions import Permission as P
from lms.accounts.models import Account
from lms.accounts.queries import actor_for, appointed_at
from lms.cohorts.models import Enrolment
from lms.db import unit_of_work
from lms.organisations import operations, queries
from lms.organisations.models import Organisation
from tests import factories
from tests.support.pages import Visitor
from tests.web import html

OWN = "/organisations/own"
# Rooms whose addresses lead to organisations, people and their places.
ROOMS = {
    "organisations": ("ORG", "PLA"),
    "people": ("USR",),
    "cohorts": ("COH", "ENR"),
    "roster": ("COH",),
    "setting": ("ENR",),
}
NOBODY = "0000-0000-0000-0000"


@dataclass(frozen=True)
class Employer:
    """An organisation with somebody who works there and somebody who coordinates."""

    organisation: Organisation
    enrolment: Enrolment
    coordinator: Account

    @property
    def advocate(self) -> Account:
        return self.enrolment.advocate

    def refs(self) -> dict[str, str]:
        """Every public reference that leads to it or its people, by the kind of thing."""
        (placement,) = queries.placements_of(self.advocate.id)
        (grant,) = appointed_at(self.organisation.ref)
        return {
            "ORG": self.organisation.ref,
            "PLA": placement.ref,
            "ROL": grant.ref,
            "USR": self.advocate.ref,
            "ENR": self.enrolment.ref,
            "COH": self.enrolment.cohort.ref,
        }


@pytest.fixture
def two(app: Flask) -> tuple[Employer, Employer]:
    cohort, made = factories.make_cohort(), []
    for _ in range(2):
        at = factories.make_organisation()
        enrolment = factories.make_enrolment(cohort, organisation=at)
        made.append(Employer(at, enrolment, factories.make_account(Role.COORDINATOR, at=at)))
    return made[0], made[1]


def placed(who: Account, at: Organisation, days: int = 0) -> str:
    with unit_of_work():
        day = clock.today() + timedelta(days=days)
        return operations.record_placement(who, at, "Advocate", day, actor=SYSTEM).ref


def ended(ref: str, days: int) -> None:
    with unit_of_work():
        day = clock.today() + timedelta(days=days)
        operations.end_placement(queries.placement(ref), day, actor=SYSTEM)


def shown(visitor: Visitor) -> list[str]:
    """Who is listed on one's own page."""
    page = visitor.get(OWN)
    assert page.status_code == 200
    return [html.words(each) for each in html.find(html.page(page.text), "th", scope="row")]


def same(text: str) -> str:
    """A page without what differs between any two requests: token, and the address asked for."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", text)
    return re.sub(r'name="back" value="[^"]+"', "", text)


def addresses(app: Flask, refs: dict[str, str], *, long: bool) -> Iterator[tuple[Rule, str]]:
    """Every address of these rooms with references in its place: those that fit, or all of them."""
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.split(".")[0]
        if room not in ROOMS or not rule.arguments:
            continue
        for kind in refs if long else ROOMS[room]:
            values = dict.fromkeys(rule.arguments, refs[kind])
            if "grant_ref" in values:
                values["grant_ref"] = refs["ROL"]
            yield rule, app.url_map.bind("localhost").build(rule.endpoint, values)


def test_every_reference_of_another_organisation_answers_as_one_that_was_never_given(
    app: Flask, two: tuple[Employer, Employer], browser: Callable[..., Visitor], long: bool
) -> None:
    mine, theirs = two
    visitor = browser(mine.coordinator)
    known = theirs.refs()
    made_up = {kind: f"{kind}-{NOBODY}" for kind in known}
    walked, token = set(), visitor.token()
    pairs = zip(addresses(app, known, long=long), addresses(app, made_up, long=long), strict=True)
    for (rule, real), (_, none) in pairs:
        walked.add(rule.endpoint)
        for method in {"GET", "POST"} & rule.methods:
            form = {"csrf_token": token} if method == "POST" else None
            answers = [visitor.client.open(at, method=method, data=form) for at in (real, none)]
            assert [each.status_code for each in answers] == [404, 404], real
            assert same(answers[0].text) == same(answers[1].text), real
            heads = [{**each.headers, "X-Request-ID": ""} for each in answers]
            assert heads[0].keys() == heads[1].keys()
            assert [h for h in heads[0] if heads[0][h] != heads[1][h]] in ([], ["Set-Cookie"])
    assert len(walked) > 20
    assert queries.is_approved(theirs.organisation)
    assert len(appointed_at(theirs.organisation.ref)) == 1


def test_not_even_one_s_own_organisation_has_a_registrar_s_page(
    app: Flask, two: tuple[Employer, Employer], browser: Callable[..., Visitor]
) -> None:
    mine, _ = two
    visitor = browser(mine.coordinator)
    for act in ("", "/withdraw", "/appoint", "/placements/new"):
        assert visitor.get(f"/organisations/{mine.organisation.ref}{act}").status_code == 404
    assert visitor.get("/organisations/").status_code == 403


def test_one_s_own_page_names_one_s_own_people_and_nothing_of_any_other(
    two: tuple[Employer, Employer], browser: Callable[..., Visitor]
) -> None:
    mine, theirs = two
    for path in (OWN, "/"):
        text = browser(mine.coordinator).get(path).text
        assert mine.organisation.name in text
        for canary in (
            theirs.organisation.name,
            theirs.advocate.name,
            theirs.advocate.address,
            theirs.coordinator.name,
            *theirs.refs().values(),
        ):
            assert canary not in text
    assert shown(browser(mine.coordinator)) == [mine.advocate.name]
    assert shown(browser(theirs.coordinator)) == [theirs.advocate.name]


def test_one_s_own_page_says_no_more_of_people_than_an_employer_knows(
    two: tuple[Employer, Employer], browser: Callable[..., Visitor]
) -> None:
    """No address, no reference, no certificate name, nothing of the enrolment or the register."""
    mine, _ = two
    text = browser(mine.coordinator).get(OWN).text
    advocate = mine.advocate
    for canary in (advocate.address, advocate.ref, f"{advocate.name} Certificate", "In training"):
        assert canary not in text


@pytest.mark.parametrize("role", sorted(APPOINTMENTS))
def test_who_moves_is_gone_from_the_old_employer_at_once_with_all_their_rows(
    two: tuple[Employer, Employer], browser: Callable[..., Visitor], role: Role
) -> None:
    old, new = two
    there = browser(factories.make_account(role, at=old.organisation))
    here = browser(factories.make_account(role, at=new.organisation))
    mover = old.advocate
    assert shown(there) == [mover.name]
    (placement,) = queries.placements_of(mover.id)
    placed(mover, new.organisation, days=7)  # a row of the future, seen by the new one alone
    ended(placement.ref, 0)
    assert set(shown(here)) == {new.advocate.name, mover.name}
    assert shown(there) == [mover.name]  # the last day is a day at work
    with clock.stopped(clock.now() + timedelta(days=1)):
        there = browser(factories.make_account(role, at=old.organisation))
        assert shown(there) == []
        assert "Nobody is placed here" in there.get(OWN).text
        assert mover.name not in there.get("/").text


def test_whoever_left_in_the_past_is_not_listed_from_the_moment_it_is_recorded(
    two: tuple[Employer, Employer], browser: Callable[..., Visitor]
) -> None:
    mine, _ = two
    who = factories.make_account(name="Rowan Left")
    ref = placed(who, mine.organisation, days=-30)
    coordinator = browser(mine.coordinator)
    assert "Rowan Left" in shown(coordinator)
    ended(ref, -1)
    assert "Rowan Left" not in shown(coordinator)


def test_lists_hold_exactly_what_the_scheme_of_delegation_allows(
    app: Flask, browser: Callable[..., Visitor]
) -> None:
    """Random appointments and placements; the query's scope and `may` agree on each of them."""
    dice = random.Random(59)  # noqa: S311 - a seed, so that a failure comes back
    places = [factories.make_organisation(approved=dice.random() < 0.8) for _ in range(5)]
    approved = [each for each in places if queries.is_approved(each)]
    people = [factories.make_account(name=f"Advocate {n}") for n in range(6)]
    for who in people:
        for at in dice.sample(approved, 2):
            ref = placed(who, at, days=dice.choice([-40, 0, 40]))
            if dice.random() < 0.4 and queries.placement(ref).starts_on < clock.today():
                ended(ref, dice.choice([-1, 0, 9]))
    closed = dice.choice(approved)
    with unit_of_work():
        operations.withdraw_approval(closed, "Closed.", actor=SYSTEM)
    for _ in range(4):
        account = factories.make_account()
        with unit_of_work():
            for at in dice.sample(approved, 2):
                if at is not closed:
                    operations.appoint(account, Role.COORDINATOR, at, actor=SYSTEM)
        actor = actor_for(account)
        mine = [each for each in places if may(actor, P.READ_OWN_ORGANISATION, each)]
        listed = queries.approved_organisations_of(actor, Role.COORDINATOR)
        assert set(listed) == {each for each in mine if queries.is_approved(each)}
        names = {
            row.name
            for at in listed
            for who in people
            for row in queries.placements_of(who.id)
            if row.organisation == at.name and (row.ends_on or clock.today()) >= clock.today()
        }
        assert set(shown(browser(account))) == names
