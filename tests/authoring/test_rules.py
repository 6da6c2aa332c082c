"""Which names files may have, what a sign-off is worth, and how it is written into a file."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, strategies as st

from lms import authored
from lms.authoring import rules
from lms.authoring.rules import Verdict
from lms.content.signing import carries_reviewers, with_reviewers

DAY = date(2026, 11, 26)


@dataclass(frozen=True)
class Said:
    kind: str
    fingerprint: str
    verdict: str
    by_id: int


@pytest.mark.parametrize(
    "name",
    [
        "modules/../x.md", "modules/01-a/../b.md", "modules/01-a/x.md/y.md", "/modules/01-a/x.md",
        "modules/01-a/X.md", "modules/01-a/.x.md", "regulations/x.yml", "modules/01-a/files/x.md",
        f"modules/01-a/{'x' * 190}.md", f"modules/{'x' * 300_000}/x.md",
        f"modules/{'x' * 200}/files/x.png",
        "modules/01-a/x.html", "modules//x.md", "modules/01-a/x.md\n", "", "programme.yaml",
    ],
)  # fmt: skip
def test_what_is_no_name_of_a_text(name: str) -> None:
    assert not rules.is_text(name)
    assert not rules.is_media(name) or name == "modules/01-a/files/x.md"


def test_another_reviewer_of_the_kind_lifts_an_objection_only_by_agreeing_to_this_text() -> None:
    objection = Said("legal", "old", Verdict.OBJECTS, 1)
    for later, stands in (
        (Said("legal", "now", Verdict.AGREES, 2), False),
        (Said("legal", "old", Verdict.AGREES, 2), True),
        (Said("subject", "now", Verdict.AGREES, 1), True),
        (Said("legal", "old", Verdict.WITHDRAWS, 1), False),
        (Said("legal", "now", Verdict.WITHDRAWS, 2), True),
    ):
        found = rules.standing_objections([objection, later], "now")
        assert bool(found) == stands, later
    before = Said("legal", "now", Verdict.AGREES, 2)
    assert rules.standing_objections([before, objection], "now") == [objection]
    to_this = Said("legal", "now", Verdict.OBJECTS, 1)
    friend, themselves = (Said("legal", "now", Verdict.AGREES, who) for who in (2, 1))
    assert rules.standing_objections([to_this, friend], "now") == [to_this]
    assert rules.standing_objections([to_this, themselves], "now") == []


def test_the_last_word_of_a_reviewer_counts() -> None:
    agreed = Said("legal", "now", Verdict.AGREES, 1)
    assert rules.sign_offs([agreed], "now") == {"legal": agreed}
    assert not rules.sign_offs([agreed, Said("legal", "now", Verdict.OBJECTS, 1)], "now")
    assert not rules.sign_offs([agreed], "later")
    assert rules.counted([agreed], {1}) == []


def test_a_fingerprint_tells_every_change_apart() -> None:
    seen = {
        rules.fingerprint(base, changes)
        for base in ("", "a")
        for changes in ({}, {"x": "1"}, {"x": ""}, {"y": "1"}, {"x": "2", "y": "1"})
    }
    assert len(seen) == 10


NAMES = st.text(st.characters(blacklist_categories=["Cc", "Cs"]), min_size=2).filter(str.strip)


@given(NAMES, st.sampled_from(["subject", "legal", "lived_experience"]))
def test_whatever_somebody_is_called_the_file_says_just_that(name: str, kind: str) -> None:
    raw = b"---\ntitle: A\nreviewers: {legal: null}\n# why\nminutes: 3\n---\n\nText.\n"
    written = with_reviewers("modules/01-a/01-b.md", raw, {kind: (name, DAY)})
    head, _, text = written.decode().removeprefix("---\n").partition("---\n\nText.")
    found = authored.parse(head, "x").data
    assert found["reviewers"] == {kind: {"by": name, "on": DAY}}
    assert (found["title"], found["minutes"], text) == ("A", 3, "\n")


@pytest.mark.parametrize(
    "front",
    [
        "{title: A, reviewers: {legal: {by: Me Myself, 'on': 2026-01-01}}, minutes: 3}\n",
        "reviewers:\n  legal:\n    by: Me\n    'on': 2026-01-01\ntitle: A\nminutes: 3\n",
        "title: A\nminutes: 3\nreviewers: {legal: {by: Me, 'on': 2026-01-01}}\n",
    ],
)
def test_reviewers_of_an_older_text_go_however_they_are_written(front: str) -> None:
    raw = f"---\n{front}---\nText.\n".encode()
    written = with_reviewers("modules/01-a/01-b.md", raw, {})
    head = written.decode().removeprefix("---\n").split("---\n")[0]
    assert authored.parse(head, "x").data == {"title": "A", "minutes": 3}


def test_a_file_that_says_nothing_of_reviewers_is_left_byte_for_byte() -> None:
    raw = b"---\r\ntitle: 'A'   # so\r\n---\r\nText"
    assert with_reviewers("modules/01-a/01-b.md", raw, {}) == raw
    assert not carries_reviewers("glossary.yml")
    assert not carries_reviewers("modules/01-a/assessments/essay.md")
