"""Handing in and marking at the same moment: a real server of two workers, many connections.

What must happen once is held twice over: by the lock under which one writer follows another (on
PostgreSQL an advisory lock, on SQLite the transaction that begins by taking the one write lock),
and by a constraint. With either taken away it still happens once; with both gone it happens
several times, which shows that it is they who hold it, and that these tests could fail.
"""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from tests.races.desks import MANY, ONCE, Answer, Desks, ask_at_once
from tests.races.house import Ask

DECLARED = {"own_work": "y", "fit": "y"}
DONE = {302, 303}
# Somebody else was first; or it is done already; or one gave up waiting, which does no harm.
REFUSED = {404, 409, 422, 503}
GONE = {
    "nothing": set(),
    "lock": {"lock"},
    "constraints": {"constraints"},
    "both": {"lock", "constraints"},
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "gone" in metafunc.fixturenames:
        long = metafunc.config.getoption("--long")
        metafunc.parametrize("gone", list(GONE) if long else ["nothing", "lock", "both"])


def whole(desks: Desks, points: int, comment: str) -> dict[str, str]:
    """Every box of the rubric, filled in."""
    keys = json.loads(desks.facts["keys"])
    marks = {f"points-{key}": str(points) for key in keys}
    return {"version": "0", **marks, **{f"comment-{key}": comment for key in keys}}


# What is raced for: who asks for what, and how often it is there at most.


def the_same_form(desks: Desks) -> list[Ask]:
    fields = {"token": "t" * 32, "text": "The very same.", **DECLARED}
    path = f"/assessments/{desks.facts['open']}/submit"
    return [Ask(desks.badges["advocate 0"], path, fields)] * MANY


def handed_in_with_it(desks: Desks) -> int:
    return desks.count(f"submission WHERE token = '{'t' * 32}'")


def tabs(desks: Desks) -> list[Ask]:
    path = f"/assessments/{desks.facts['open']}/submit"
    texts = [f"What I wrote in window {n}." for n in range(MANY)]
    return [
        Ask(desks.badges["advocate 0"], path, {"token": f"{n}" * 32, "text": each, **DECLARED})
        for n, each in enumerate(texts)
    ]


def of_one_version(desks: Desks) -> int:
    return desks.most("submission", "enrolment_id", "assessment_id", "attempt", "version")


def drafts(desks: Desks) -> list[Ask]:
    path = f"/assessments/{desks.facts['open']}/submit"
    return [
        Ask(desks.badges["advocate 1"], path, {"text": f"Draft {n}.", "draft": "1", "version": "0"})
        for n in range(MANY)
    ]


def drafts_of_one_version(desks: Desks) -> int:
    return desks.most("submission_draft", "enrolment_id", "assessment_id", "version")


def markers(desks: Desks) -> list[Ask]:
    path = f"/marking/assessments/{desks.facts['marked']}/take/first"
    return [Ask(desks.badges[f"tutor {n}"], path) for n in range(MANY)]


def holding_one_script(desks: Desks) -> int:
    return desks.most("claim", "submission_id", "stage")


def marking_tabs(desks: Desks) -> list[Ask]:
    path = f"/marking/scripts/{desks.facts['drafted']}"
    fields = [whole(desks, 60 + n, f"Written in window {n}.") for n in range(MANY)]
    return [Ask(desks.badges["tutor 0"], path, each) for each in fields]


def mark_drafts_of_one_version(desks: Desks) -> int:
    return desks.most("mark_draft", "claim_id", "version")


def giving_tabs(desks: Desks) -> list[Ask]:
    path = f"/marking/scripts/{desks.facts['given']}"
    fields = [whole(desks, 60 + n, f"Given in window {n}.") for n in range(MANY)]
    return [Ask(desks.badges["tutor 0"], path, {**each, "give": "first"}) for each in fields]


def marks_of_one_claim(desks: Desks) -> int:
    return desks.most("mark_event WHERE claim_id IS NOT NULL", "claim_id")


def both_markers(desks: Desks) -> list[Ask]:
    given = {**whole(desks, 60, "On my own."), "give": "mine"}
    return [
        Ask(desks.badges[who], f"/marking/scripts/{desks.facts[claim]}", given)
        for who, claim in (("tutor 0", "both first"), ("second", "both second"))
    ]


def in_one_place_of_a_stream(desks: Desks) -> int:
    return desks.most("mark_event", "submission_id", "seq")


def agreeing(desks: Desks) -> list[Ask]:
    path = f"/marking/scripts/{desks.facts['agreed']}/agree/{desks.facts['proposal']}"
    return [Ask(desks.badges["second"], path)] * MANY


def reconciled(desks: Desks) -> int:
    return desks.most("mark_event WHERE what = 'reconciled'", "submission_id")


def releasing(desks: Desks) -> list[Ask]:
    path = f"/marking/assessments/{desks.facts['released']}/release"
    return [Ask(desks.badges["registrar"], path)] * MANY


def released(desks: Desks) -> int:
    return desks.most("mark_event WHERE what = 'released'", "submission_id")


Race = tuple[Callable[[Desks], list[Ask]], Callable[[Desks], int]]
RACES: dict[str, Race] = {
    "the same form": (the_same_form, handed_in_with_it),
    "two tabs handing in": (tabs, of_one_version),
    "two tabs of a draft": (drafts, drafts_of_one_version),
    "markers taking the next script": (markers, holding_one_script),
    "two tabs marking": (marking_tabs, mark_drafts_of_one_version),
    "two tabs giving": (giving_tabs, marks_of_one_claim),
    "both markers giving": (both_markers, in_one_place_of_a_stream),
    "agreeing twice": (agreeing, reconciled),
    "releasing twice": (releasing, released),
}


def test_what_happens_once_happens_once_however_many_ask(
    desks: Desks, gone: str, tmp_path: Path
) -> None:
    if "constraints" in GONE[gone]:
        desks.without_constraints()
    meet = tmp_path if "lock" in GONE[gone] else None
    with desks.served(slow=gone != "nothing", meet=meet) as address:
        for name, (asks, times) in RACES.items():
            for table in ONCE:
                (tmp_path / table).unlink(missing_ok=True)
            answers = ask_at_once(address, asks(desks))
            statuses = sorted(each.status for each in answers)
            if gone == "both":
                # What the rest of this test stands on: without them, it does happen twice.
                assert times(desks) > 1, (name, statuses)
                continue
            assert times(desks) == 1, (name, statuses)
            assert set(statuses) <= DONE | REFUSED, (name, statuses)
            assert set(statuses) & DONE, (name, statuses)
    if "lock" not in GONE[gone]:
        assert desks.chain_is_whole()


def said(answers: list[Answer], status: int) -> list[Answer]:
    return [each for each in answers if each.status == status]


def test_nobody_who_races_loses_anything(desks: Desks) -> None:
    """What each of those who asked is told, and what became of what they sent."""
    with desks.served() as address:
        same = ask_at_once(address, the_same_form(desks))
        assert [each.status for each in same] == [303] * MANY
        assert len({each.leads_to for each in same}) == 1

        every = ask_at_once(address, tabs(desks))
        assert [each.status for each in every] == [303] * MANY
        assert len({each.leads_to for each in every}) == MANY
        mine = f"enrolment_id = {desks.facts['advocate 0']} AND version > 1"
        assert desks.count(f"submission WHERE {mine}") == 1 + MANY

        kept = ask_at_once(address, drafts(desks))
        _one_saved_and_the_others_saw_both(kept, r"Draft \d\.")
        taken = ask_at_once(address, markers(desks))
        assert [each.status for each in taken] == [302] * MANY
        assert len({each.leads_to for each in taken}) == MANY

        marked = ask_at_once(address, marking_tabs(desks))
        _one_saved_and_the_others_saw_both(marked, r"Written in window \d\.")
        given = ask_at_once(address, giving_tabs(desks))
        assert len(said(given, 302)) == 1
        assert len(said(given, 409)) == MANY - 1
        for each, sent in zip(given, giving_tabs(desks), strict=True):
            text = next(v for k, v in sent.fields.items() if k.startswith("comment-"))
            assert each.status == 302 or text in unescape(each.text)
        assert [each.status for each in ask_at_once(address, both_markers(desks))] == [302, 302]
        assert desks.count("mark_event WHERE what IN ('first given', 'second given')") >= 3
    assert desks.count("message WHERE kind = 'receipt'") == desks.count("submission")
    assert desks.chain_is_whole()


def _one_saved_and_the_others_saw_both(answers: list[Answer], texts: str) -> None:
    saved = [each for each in answers if each.status in DONE]
    refused = said(answers, 409)
    assert len(saved) == 1
    assert len(refused) == MANY - 1
    for each in refused:
        plain = unescape(re.sub(r"</?(ins|del)[^>]*>|<span.*?</span>", "", each.text))
        assert len(set(re.findall(texts, plain))) == 2  # the one that was saved, and one's own
        assert "<ins>" in each.text
        assert "<del>" in each.text
