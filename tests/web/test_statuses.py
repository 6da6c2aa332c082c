"""One word, one tone and one icon for each state."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from lms.accreditation.rules import Standing
from lms.accrediting.rules import Verdict
from lms.board.rules import Outcome, WorkState
from lms.cohorts.fates import Fate
from lms.cohorts.rules import Kind, State
from lms.marking.events import Progress
from lms.web import statuses
from lms.web.icons import icon_path, icons
from lms.web.statuses import STATUSES, Status, Tone, status_of

ALL = [(group, key, status) for group, keys in STATUSES.items() for key, status in keys.items()]

# DESIGN.md 7, in its own order: the keys that other floors name their states by.
VOCABULARY = {
    "reading": "not_started reading read alternative paused done under_way opens overdue",
    "handing_in": "not_handed_in draft_saved due more_time handed_in handed_in_late being_marked",
    "mark": "provisional confirmed second_attempt_due first_attempt_later",
    "marking": (
        "waiting first_draft first_given second_given third_needed reconciled moderated released "
        "unmarked second_draft both_given proposed confirmed"
    ),
    "board": ("not_decided award refer defer fail ratified compensated withdraw exit_award"),
    "enrolment": "offered enrolled on_leave completed withdrawn transferred attend_only moved_on",
    "standing": (
        "in_training award_made accredited accredited_with_conditions suspended lapsed "
        "withdrawn revoked withheld"
    ),
    "check": (
        "in_training award_made accredited accredited_with_conditions suspended lapsed "
        "withdrawn revoked no_match"
    ),
    "invitation": "not_sent sent accepted expired cancelled",
    "role": "held waiting ended",
    "account": "active disabled",
    "organisation": "proposed approved withdrawn closed",
    "kind": "assessed attends",
    "import_row": "new known unchanged refused",
    "work": "open missing in_marking",
    "proposal": "waiting confirmed declined",
}

# What the features call their states, and the group in which a page looks each of them up.
NAMED: dict[str, type[StrEnum]] = {
    "marking": Progress,
    "board": Outcome,
    "enrolment": State,
    "kind": Kind,
    "import_row": Fate,
    "proposal": Verdict,
    "standing": Standing,
}


@pytest.mark.parametrize("group", VOCABULARY)
def test_every_state_of_the_vocabulary_has_its_row_and_no_other(group: str) -> None:
    assert list(STATUSES[group]) == VOCABULARY[group].split()


@pytest.mark.parametrize(
    ("group", "key"), [(group, key) for group, keys in NAMED.items() for key in keys]
)
def test_every_state_of_a_feature_has_its_row(group: str, key: str) -> None:
    assert status_of(group, key).word


def test_work_before_a_board_has_a_row_unless_its_mark_says_it() -> None:
    assert set(WorkState) - set(STATUSES["work"]) == {WorkState.MARKED}


@pytest.mark.parametrize(("group", "key"), [("board", "maybe"), ("nowhere", "award"), ("", "")])
def test_a_state_without_a_row_is_an_error(group: str, key: str) -> None:
    with pytest.raises(LookupError, match="no status"):
        status_of(group, key)


@pytest.mark.parametrize(("group", "key", "status"), ALL)
def test_each_row_has_a_word_in_sentence_case_and_a_drawn_icon(
    group: str, key: str, status: Status
) -> None:
    assert status_of(group, key) is status
    assert re.match(r"[A-Z][^A-Z]*(\{\w+\})?$", status.word), status.word
    assert icon_path(status.icon)


@pytest.mark.parametrize("group", STATUSES)
def test_two_states_of_a_group_never_look_the_same(group: str) -> None:
    words = [status.word for status in STATUSES[group].values()]
    assert len(set(words)) == len(words)


def test_only_accredited_is_a_green_answer_to_a_check() -> None:
    green = [key for key, status in STATUSES["check"].items() if status.tone is Tone.GOOD]
    assert green == ["accredited"]


def test_suspended_is_on_hold_and_never_a_stop() -> None:
    assert status_of("standing", "suspended").tone is Tone.HOLD


def test_a_word_with_a_fact_is_said_with_it() -> None:
    opens = status_of("reading", "opens")
    assert opens.facts == {"day"}
    assert opens.said(day="19 October 2026") == "Opens 19 October 2026"
    assert status_of("handing_in", "due").said(when="in 2 days") == "Due in 2 days"


@pytest.mark.parametrize("facts", [{}, {"when": "soon"}, {"day": "now", "when": "soon"}])
def test_a_missing_or_strange_fact_is_an_error(facts: dict[str, str]) -> None:
    with pytest.raises(TypeError, match="day"):
        status_of("reading", "opens").said(**facts)


def test_every_icon_is_one_path_on_the_same_grid() -> None:
    sheet = (Path(statuses.__file__).parent / "icons.svg").read_text(encoding="utf-8")
    symbols = re.findall(r"<symbol ([^>]*)>(.*?)</symbol>", sheet)
    assert len(symbols) == len(icons)
    for attributes, inside in symbols:
        assert 'viewBox="0 0 24 24"' in attributes
        assert re.fullmatch(r'<path d="[MmLlHhVvCcSsQqTtAaZz0-9 .,-]+"/>', inside)


def test_an_icon_that_is_not_drawn_is_an_error() -> None:
    with pytest.raises(LookupError, match="unicorn"):
        icon_path("unicorn")
