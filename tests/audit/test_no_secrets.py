"""The trail holds references, numbers and dates: no name, no address, no words of anybody."""

import ast
import json
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from lms import clock, refs
from lms.access.actor import SYSTEM
from lms.accounts import operations as accounts
from lms.audit import queries
from lms.audit.models import AuditEntry
from lms.audit.trail import Event
from lms.db import unit_of_work
from lms.organisations import operations as organisations
from tests import factories
from tests.support.cache import ROOT

# Every fact that may stand beside an act, and what it is; reviewed by hand. A new one is a line
# here, after somebody has asked what it tells about whom.
FACTS = {
    # references of things
    "at": "organisation of an appointment",
    "before": "content version",
    "award": "decision",
    "backup_of": "moment",
    "board": "meeting",
    "by": "decision or proposal that gave the right",
    "clearing": "clearing of a second factor",
    "cohort": "cohort",
    "content": "content version",
    "enrolment": "enrolment",
    "entry": "register entry",
    "grant": "grant of a role",
    "identity": "record of an identity; not what it says",
    "link": "invitation; not its token",
    "mark": "mark event; not the mark",
    "marker": "account",
    "on": "content version a draft stands on",
    "onto": "content version a draft is moved onto",
    "organisation": "organisation",
    "proposal": "proposal",
    "regulations": "rulebook",
    "review": "review of a draft; not what it says",
    "reviewer": "account",
    "session": "session; not its token",
    "submission": "submission",
    "to": "content version",
    "version": "content version",
    # one word of a list
    "change": "what was done to a file",
    "kind": "kind of enrolment, of entry, of review, of problem",
    "nation": "nation",
    "outcome": "outcome of a decision",
    "permission": "permission",
    "role": "role",
    "stage": "stage of marking",
    "standing": "standing",
    "state": "state of an enrolment",
    "verdict": "of a review",
    "why": "one word",
    # numbers, hashes, moments
    "attempt": "number",
    "count": "number",
    "door": "part of a hash",
    "due_at": "moment",
    "ends_on": "day",
    "file": "name of a file of the content",
    "fingerprint": "hash",
    "head": "number",
    "links": "number",
    "matched": "yes or no",
    "messages": "number",
    "offered": "number",
    "people": "number",
    "rows": "number",
    "seq": "number",
    "sessions": "number",
    "sha256": "hash",
    "year": "number",
}
# Attributes whose value is somebody's, wherever they come from.
PERSONAL = {
    *("name", "address", "email", "certificate_name", "born_on", "born", "reason", "text"),
    *("comment", "comments", "token", "password", "code", "file_name", "role_title", "title"),
    *("scope", "conditions", "number", "marks", "answer"),
}
SHAPES = re.compile(
    rf"-|system|public|[A-Z]{{3}}(-[{refs.ALPHABET}]{{4}}){{4}}"  # references
    r"|[0-9a-f]{12}|[0-9a-f]{64}"  # hashes
    r"|\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?\+00:00)?"  # days and moments
    r"|[a-z_ ]{0,40}|[a-z_]+(,[a-z_]+)*"  # one word of a list, or roles
)


@cache
def recorded() -> list[tuple[Path, ast.Call]]:
    """Every place in the product that records an act."""
    return [
        (path, node)
        for path in sorted((ROOT / "lms").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"record", "trail.record"}
    ]


def test_every_fact_is_on_the_list_that_somebody_reviewed() -> None:
    found = {
        keyword.arg: f"{path.name}:{node.lineno}"
        for path, node in recorded()
        for keyword in node.keywords
    }
    assert len(recorded()) > 50, "the walker sees them"
    assert {name: where for name, where in found.items() if name not in FACTS} == {}


def test_no_fact_and_no_subject_is_taken_from_what_is_somebodys() -> None:
    faults = [
        f"{path.name}:{node.lineno}: {ast.unparse(value)}"
        for path, node in recorded()
        for value in [*node.args[2:], *(keyword.value for keyword in node.keywords)]
        for part in ast.walk(value)
        if isinstance(part, ast.Attribute) and part.attr in PERSONAL
    ]
    assert not faults


def test_every_event_is_recorded_somewhere() -> None:
    """One that nobody records is an act without a trace, or a word without a meaning."""
    texts = (
        "".join(
            path.read_text(encoding="utf-8")
            for path in (ROOT / "lms").rglob("*.py")
            if path.name != "trail.py"
        )
        + (ROOT / "lms/audit/trail.py").read_text(encoding="utf-8").split("def record(")[1]
    )
    assert [event.name for event in Event if f"Event.{event.name}" not in texts] == []


def test_events_are_told_apart_by_their_words() -> None:
    assert len({event.value.casefold() for event in Event}) == len(Event)


# What people wrote and are called, each to be found nowhere in the trail.
CANARIES = {
    "name": "Zebedee Quillfeather",
    "certificate": "Zebedee Ambrose Quillfeather-Okonkwo",
    "corrected": "Zebediah Quillfeather",
    "organisation": "Lanternmoth House",
    "title": "Caseworker of the night shelter",
    "text": "My own words about somebody I worked with.",
    "comment": "We read the descriptors together.",  # as the factory writes it
    "reason": "Her passport says otherwise.",
    "withdrawal": "Their manager left in a hurry.",
    "address": "zebedee.quillfeather@lanternmoth.example",
}
BORN = date(1987, 11, 23)
_BY_CHANCE = re.compile(r"\b[0-9a-f]{64}\b|\b[A-Z]{3}(?:-[0-9A-Z]{4}){4}\b")


def a_story() -> None:
    """From an invitation to released marks, with a canary in every field that takes words."""
    with unit_of_work():
        place = organisations.name_organisation(
            CANARIES["organisation"], factories.Nation.SCOTLAND, actor=SYSTEM
        )
        organisations.approve(place, actor=SYSTEM)
        who = accounts.open_account(CANARIES["address"], CANARIES["name"], actor=SYSTEM)
        accounts.invite(who, "https://lms.example.org", actor=SYSTEM)
        accounts.record_identity(who, CANARIES["certificate"], BORN, actor=SYSTEM)
        accounts.record_identity(
            who, CANARIES["corrected"], BORN, reason=CANARIES["reason"], actor=SYSTEM
        )
        organisations.record_placement(who, place, CANARIES["title"], clock.today(), actor=SYSTEM)
        accounts.correct_address(who, f"new.{CANARIES['address']}", actor=SYSTEM)
    enrolment = factories.make_enrolment(organisation=place)
    due = clock.now() + timedelta(days=7)
    assessment = factories.make_assessment(enrolment.cohort, due_at=due)
    factories.hand_in(enrolment, assessment, CANARIES["text"])
    with clock.stopped(due + timedelta(days=1)):
        factories.mark_all(assessment)
    with unit_of_work():
        organisations.withdraw_approval(place, CANARIES["withdrawal"], actor=SYSTEM)
        accounts.disable(who, actor=SYSTEM)


def words(entry: AuditEntry) -> str:
    """All that an entry says, but for its moment, references and digests.

    Among their digits any year comes up by chance: in one run of twenty a hash held 1987.
    """
    names = {column.name for column in AuditEntry.__table__.columns} - {"at"}
    said = " ".join(str(getattr(entry, name)) for name in sorted(names))
    return _BY_CHANCE.sub("", said).casefold()


def test_a_whole_story_leaves_no_name_no_address_and_no_words_in_the_trail(app: Flask) -> None:
    a_story()
    entries = list(queries.all_entries())
    assert len({each.event for each in entries}) > 20
    parts = {part.casefold() for text in CANARIES.values() for part in (text, *text.split())}
    telling = {part for part in parts if len(part) > 5} | {BORN.isoformat(), "1987"}
    found = [(each.event, part) for each in entries for part in telling if part in words(each)]
    assert not found


def test_everything_in_the_trail_has_the_shape_of_a_reference_a_number_or_one_word(
    app: Flask,
) -> None:
    a_story()
    for entry in queries.all_entries():
        facts = json.loads(entry.facts)
        said = [entry.actor, entry.roles, entry.subject, entry.request]
        said += [value for value in facts.values() if isinstance(value, str)]
        for value in said:
            assert SHAPES.fullmatch(value), f"{entry.event}: {value!r}"
        assert entry.event in set(Event)
        assert set(facts) <= set(FACTS)


@pytest.mark.parametrize("text", [*CANARIES.values(), "Amara", "amara@example.org", "62.5"])
def test_the_shapes_would_notice(text: str) -> None:
    assert not SHAPES.fullmatch(text)
