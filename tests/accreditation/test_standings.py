"""Standings: which may follow which, what holds on a day, and terms that hold together.

The table is written by hand from CONTRACT (standing of an accreditation) and read against the
product; it is not computed from it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lms.accreditation.rules import (
    DECIDED_BY_TWO,
    Kind,
    Standing,
    Terms,
    check_flag,
    check_move,
    check_terms,
    in_force,
    is_withheld,
)
from lms.errors import RuleBroken

S = Standing
FIRST = date(2026, 9, 1)
DAY = timedelta(days=1)

# From (row) to (column): yes or no.
COLUMNS = "in_training award_made accredited with_conditions suspended lapsed withdrawn revoked"
TABLE = """
nothing          yes no  no  no  no  no  no  no
in_training      yes yes no  no  no  yes yes no
award_made       no  no  yes yes no  no  yes no
accredited       no  no  yes yes yes yes yes yes
with_conditions  no  no  yes yes yes yes yes yes
suspended        no  no  yes yes yes no  yes yes
lapsed           yes yes yes yes no  no  yes no
withdrawn        yes no  yes yes no  no  no  no
revoked          no  no  no  no  no  no  no  no
"""


def named(word: str) -> Standing | None:
    if word == "nothing":
        return None
    return Standing("accredited_with_conditions" if word == "with_conditions" else word)


def table() -> dict[tuple[Standing | None, Standing], bool]:
    found = {}
    for line in TABLE.strip().splitlines():
        name, *answers = line.split()
        for column, answer in zip(COLUMNS.split(), answers, strict=True):
            to = named(column)
            assert to is not None
            found[named(name), to] = answer == "yes"
    return found


MAY = table()


@dataclass
class Event:
    """One event of an entry, as a model has it."""

    seq: int
    kind: str
    standing: str | None
    from_on: date
    until_on: date | None = None
    scope: str = ""
    conditions: list[str] = field(default_factory=list)


def lawful(now: Standing | None, to: Standing) -> bool:
    try:
        check_move(now, to)
    except RuleBroken:
        return False
    return True


def test_every_move_is_as_the_table_has_it() -> None:
    assert len(MAY) == 9 * 8
    wrong = {pair for pair, yes in MAY.items() if lawful(*pair) is not yes}
    assert not wrong


def test_nothing_follows_a_revocation() -> None:
    assert not any(lawful(S.REVOKED, to) for to in Standing)


def test_a_refused_move_says_what_cannot_follow_what() -> None:
    with pytest.raises(RuleBroken, match="“accredited” can’t follow “in training”"):
        check_move(S.IN_TRAINING, S.ACCREDITED)
    with pytest.raises(RuleBroken, match="can’t follow “nothing”"):
        check_move(None, S.ACCREDITED)


def test_two_decide_on_whatever_an_employer_may_rely_on() -> None:
    assert S.ACCREDITED in DECIDED_BY_TWO
    assert {S.SUSPENDED, S.REVOKED, S.WITHDRAWN} <= DECIDED_BY_TWO
    assert {S.IN_TRAINING, S.AWARD_MADE, S.LAPSED}.isdisjoint(DECIDED_BY_TWO)


class Life(RuleBasedStateMachine):
    """One entry through the years: moves by the table, and time that passes."""

    def __init__(self) -> None:
        super().__init__()
        self.today = FIRST
        self.events: list[Event] = []
        self.standing: Standing | None = None
        self.until: date | None = None
        self.withheld = False

    @rule(to=st.sampled_from(list(Standing)), days=st.none() | st.integers(0, 60))
    def move(self, to: Standing, days: int | None) -> None:
        may = MAY[self.standing, to]
        assert lawful(self.standing, to) is may
        if may:
            self.until = None if days is None else self.today + days * DAY
            self._happened(Kind.STANDING, to, self.until)
            self.standing = to

    @rule(kind=st.sampled_from([Kind.WITHHELD, Kind.SHOWN]))
    def flag(self, kind: Kind) -> None:
        wanted = kind is Kind.WITHHELD
        if wanted is self.withheld:
            with pytest.raises(RuleBroken):
                check_flag(self.withheld, kind)
            return
        check_flag(self.withheld, kind)
        self._happened(kind, None, None)
        self.withheld = wanted

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.today += days * DAY
        runs_out = {S.IN_TRAINING, S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS}
        if self.standing in runs_out and self.until and self.today > self.until:
            self.standing = S.LAPSED

    @invariant()
    def the_register_says_the_same(self) -> None:
        held = in_force(self.events, self.today)
        assert (held.standing if held else None) is self.standing
        assert is_withheld(self.events) is self.withheld

    @invariant()
    def the_past_stays_as_it_was(self) -> None:
        for day in {event.from_on for event in self.events}:
            then = [event for event in self.events if event.from_on <= day]
            assert in_force(self.events, day) == in_force(then, day)

    def _happened(self, kind: Kind, standing: Standing | None, until: date | None) -> None:
        seq = len(self.events) + 1
        self.events.append(Event(seq, kind, standing, self.today, until))


Life.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=25)
TestAnEntryThroughTheYears = Life.TestCase


# What holds on a day.


def standing(seq: int, what: Standing, from_on: date, until_on: date | None = None) -> Event:
    return Event(seq, Kind.STANDING, what, from_on, until_on)


def test_nothing_holds_before_the_first_standing_begins() -> None:
    assert in_force([], FIRST) is None
    assert in_force([standing(1, S.IN_TRAINING, FIRST)], FIRST - DAY) is None


@pytest.mark.parametrize("what", [S.IN_TRAINING, S.ACCREDITED, S.ACCREDITED_WITH_CONDITIONS])
def test_a_standing_holds_to_the_end_of_its_last_day_and_has_lapsed_the_next(
    what: Standing,
) -> None:
    last = FIRST + 30 * DAY
    events = [standing(1, what, FIRST, last)]
    assert in_force(events, last).standing is what
    assert in_force(events, last + DAY) == Terms(S.LAPSED, last)


@pytest.mark.parametrize("what", [S.SUSPENDED, S.WITHDRAWN, S.REVOKED, S.AWARD_MADE])
def test_what_protects_people_does_not_run_out(what: Standing) -> None:
    events = [
        standing(1, S.ACCREDITED, FIRST, FIRST + 900 * DAY),
        standing(2, what, FIRST + DAY, FIRST + 10 * DAY),
    ]
    assert in_force(events, FIRST + 400 * DAY).standing is what


def test_a_suspension_outlives_the_accreditation_it_suspended() -> None:
    events = [
        standing(1, S.ACCREDITED, FIRST, FIRST + 10 * DAY),
        standing(2, S.SUSPENDED, FIRST + 5 * DAY, FIRST + 90 * DAY),
    ]
    assert in_force(events, FIRST + 60 * DAY).standing is S.SUSPENDED


def test_an_accreditation_that_begins_later_is_not_told_before() -> None:
    events = [
        standing(1, S.AWARD_MADE, FIRST),
        standing(2, S.ACCREDITED, FIRST + 30 * DAY, FIRST + 60 * DAY),
    ]
    assert in_force(events, FIRST + 29 * DAY).standing is S.AWARD_MADE
    assert in_force(events, FIRST + 30 * DAY).standing is S.ACCREDITED


def test_the_later_decision_holds_whatever_day_an_earlier_one_was_for() -> None:
    events = [
        standing(1, S.AWARD_MADE, FIRST),
        standing(2, S.ACCREDITED, FIRST + 30 * DAY, FIRST + 900 * DAY),
        standing(3, S.WITHDRAWN, FIRST + 10 * DAY),
    ]
    assert in_force(events, FIRST + 40 * DAY).standing is S.WITHDRAWN


def test_withholding_a_record_leaves_its_standing_as_it_is() -> None:
    events = [
        standing(1, S.ACCREDITED, FIRST, FIRST + 900 * DAY),
        Event(2, Kind.WITHHELD, None, FIRST + DAY),
    ]
    assert in_force(events, FIRST + 2 * DAY).standing is S.ACCREDITED
    assert is_withheld(events)
    assert not is_withheld([*events, Event(3, Kind.SHOWN, None, FIRST + 2 * DAY)])
    assert not is_withheld([])


def test_terms_are_told_as_they_were_decided() -> None:
    event = Event(1, Kind.STANDING, S.ACCREDITED_WITH_CONDITIONS, FIRST, FIRST + DAY, "X", ["A"])
    held = in_force([event], FIRST)
    assert held == Terms(S.ACCREDITED_WITH_CONDITIONS, FIRST, FIRST + DAY, "X", ("A",))


# Terms.

LAST = FIRST + 900 * DAY


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (Terms(S.ACCREDITED, FIRST, FIRST - DAY, "X"), "before the first"),
        (Terms(S.ACCREDITED, FIRST, None, "X"), "Give the last day"),
        (Terms(S.ACCREDITED, FIRST, LAST), "may practise"),
        (Terms(S.ACCREDITED_WITH_CONDITIONS, FIRST, LAST, "", ("A",)), "may practise"),
        (Terms(S.ACCREDITED_WITH_CONDITIONS, FIRST, LAST, "X"), "Conditions belong"),
        (Terms(S.ACCREDITED, FIRST, LAST, "X", ("A",)), "Conditions belong"),
        (Terms(S.SUSPENDED, FIRST, LAST, "", ("A",)), "Conditions belong"),
        (Terms(S.SUSPENDED, FIRST), "day of review"),
        (Terms(S.REVOKED, FIRST, None, "", ("A",)), "Conditions belong"),
    ],
)
def test_terms_that_do_not_hold_together_are_refused(terms: Terms, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        check_terms(terms)


@pytest.mark.parametrize(
    "terms",
    [
        Terms(S.ACCREDITED, FIRST, LAST, "X"),
        Terms(S.ACCREDITED, FIRST, FIRST, "X"),
        Terms(S.ACCREDITED_WITH_CONDITIONS, FIRST, LAST, "X", ("A",)),
        Terms(S.SUSPENDED, FIRST, LAST),
        Terms(S.WITHDRAWN, FIRST),
        Terms(S.REVOKED, FIRST),
    ],
)
def test_terms_that_hold_together_are_taken(terms: Terms) -> None:
    check_terms(terms)
