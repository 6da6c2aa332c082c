"""What counts as an answer, whatever is sent; and what is explained of it."""

from typing import get_args

import pytest
from hypothesis import given, strategies as st
from markupsafe import Markup

from lms.content.shapes import Topic
from lms.errors import RuleBroken
from lms.learning.checks import (
    MOST_CHARACTERS,
    choice,
    explained,
    is_right,
    reflection,
)
from lms.learning.rules import How, counts, questions_left
from lms.markup_questions import Option, Question, question_of
from lms.texts.advice import TOPICS

KINDS = st.sampled_from(["single", "multiple", "ordering"])
NAMES = st.text("abcdef0123456789", min_size=10, max_size=10)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A question as an author may have written it."""
    kind = draw(KINDS)
    keys = draw(st.lists(NAMES, min_size=2, max_size=6, unique=True))
    rights = draw(st.lists(st.booleans(), min_size=len(keys), max_size=len(keys)))
    if kind == "single":
        rights = [place == 0 for place in range(len(keys))]
    elif kind == "ordering":
        rights = [True] * len(keys)
    options = tuple(
        Option(key, Markup("<p>{}</p>").format(key), right, Markup("<p>why</p>"))
        for key, right in zip(keys, rights, strict=True)
    )
    return Question("q", kind, True, Markup("<p>?</p>"), options)


SENT = st.dictionaries(NAMES, st.sampled_from(["", "0", "1", "2", "3", "7", "x", "²", "on"]))


@given(questions(), SENT, st.data())
def test_whatever_is_sent_is_an_answer_of_its_kind_or_refused(
    question: Question, sent: dict[str, str], data: st.DataObject
) -> None:
    keys = [option.key for option in question.options]
    for key in keys:
        if data.draw(st.booleans()):
            sent[key] = data.draw(st.sampled_from(["", *map(str, range(len(keys) + 2))]))
    try:
        chosen = choice(question, list(sent), sent)
    except RuleBroken:
        return
    assert set(chosen) <= set(keys)
    if question.kind == "single":
        assert len(chosen) == 1
    if question.kind == "ordering":
        assert sorted(chosen) == sorted(keys)
        assert [sent[key] for key in chosen] == [str(n) for n in range(1, len(keys) + 1)]
    told = explained(question, chosen)
    assert sorted(each.option.key for each in told) == sorted(keys)
    if is_right(question, chosen) and question.kind != "ordering":
        assert {e.option.key for e in told if e.chosen} == {
            o.key for o in question.options if o.right
        }
    if question.kind == "ordering":
        assert is_right(question, chosen) is all(each.chosen for each in told)


@given(questions())
def test_the_right_answer_can_be_given_and_is_right_and_everything_is_offered(
    question: Question,
) -> None:
    shown = question.offered
    assert sorted(o.key for o in shown) == sorted(o.key for o in question.options)
    assert shown == question.offered
    keys = [option.key for option in question.options]
    if question.kind == "ordering":
        places = {key: str(place) for place, key in enumerate(keys, start=1)}
        assert is_right(question, choice(question, [], places))
        if len(keys) > 2:
            assert [option.key for option in shown] != keys
    elif any(option.right for option in question.options):
        assert is_right(
            question, choice(question, [o.key for o in question.options if o.right], {})
        )


@given(questions())
def test_the_order_of_two_steps_is_shown_whatever_the_right_one_is(question: Question) -> None:
    two = question.options[:2]
    turned = [
        Question("q", "ordering", True, question.ask, steps) for steps in (two, tuple(two[::-1]))
    ]
    assert turned[0].offered == turned[1].offered


def test_what_is_asked_stays_the_same_when_an_explanation_is_mended() -> None:
    kept = {
        "key": "q",
        "kind": "single",
        "required": True,
        "ask": "<p>What?</p>",
        "options": [
            {"key": "a", "html": "<p>This</p>", "right": True, "why": "<p>So.</p>"},
            {"key": "b", "html": "<p>That</p>", "right": False, "why": "<p>No.</p>"},
        ],
    }
    asked = question_of(kept).asked
    mended = [{**kept["options"][0], "why": "<p>Better.</p>"}, kept["options"][1]]
    assert question_of({**kept, "options": mended}).asked == asked
    assert question_of({**kept, "ask": "<p>What then?</p>"}).asked != asked
    assert question_of({**kept, "options": kept["options"][:1]}).asked != asked
    assert str(question_of(kept).options[0].html) == "This"


@given(st.text(max_size=60), st.integers(1, 50))
def test_what_one_writes_is_kept_as_written_but_for_what_nobody_types(
    some: str, times: int
) -> None:
    text = some * times
    try:
        kept = reflection(text)
    except RuleBroken:
        assert len(text) > MOST_CHARACTERS
        return
    assert len(kept) <= MOST_CHARACTERS
    assert "\x00" not in kept
    assert reflection(kept) == kept


@pytest.mark.parametrize(
    ("how", "advice", "does"),
    [
        (How.READ, None, True),
        (How.PAUSED, None, False),
        (How.PAUSED, {"counts": ["pause"]}, True),
        (How.PAUSED, {"counts": ["alternative"]}, False),
        (How.ALTERNATIVE, {"counts": ["alternative"]}, True),
        (How.ALTERNATIVE, {"counts": []}, False),
    ],
)
def test_what_counts_is_what_the_author_lets_count(how, advice, does) -> None:
    assert counts(how, advice) is does


def test_only_what_was_asked_as_it_stands_now_counts_as_answered() -> None:
    assert questions_left({"a": "1", "b": "2"}, ["1", "old-2"]) == 1
    assert questions_left({}, []) == 0


def test_every_topic_that_authors_may_name_has_its_words() -> None:
    assert set(TOPICS) == set(get_args(Topic))
