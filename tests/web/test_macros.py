"""What the macros write: roles, names, and ids that are joined and are there."""

from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict

from lms.web.components import Example, examples
from tests.web.conftest import NOW
from tests.web.html import described, find, only, page, piece, words


def drawn(app: Flask, template: str, **facts: Any) -> Element:
    with app.test_request_context("/help/components"):
        return piece(render_template_string(template, **facts))


def drawn_field(app: Flask, form: Example, name: str, extra: str = "") -> Element:
    macro = '{% from "macros/field.html" import field %}'
    return drawn(app, f"{macro}{{{{ field(form.{name}{extra}) }}}}", form=form)


@pytest.fixture
def wrong() -> Example:
    form = examples(NOW)["wrong"]
    assert isinstance(form, Example)
    return form


ONE_BOX = ["name", "email", "password", "mark", "hours", "comment", "reason", "work", "keep"]


@pytest.mark.parametrize("name", ONE_BOX)
def test_a_box_has_a_label_and_its_error_joined_to_it(
    tiny: Flask, wrong: Example, name: str
) -> None:
    tree = drawn_field(tiny, wrong, name)
    box = only(tree, id=f"wrong-{name}")
    assert box.get("name") == f"wrong-{name}"
    assert only(tree, "label", for_=f"wrong-{name}") is not None
    assert f"Error: {wrong[name].errors[0]}" in described(tree, box)


@pytest.mark.parametrize("name", ["born", "due", "decision", "nations"])
def test_a_group_of_boxes_has_a_legend_and_its_error_joined_to_it(
    tiny: Flask, wrong: Example, name: str
) -> None:
    tree = drawn_field(tiny, wrong, name, ', hint="One sentence"')
    group = only(tree, "fieldset")
    assert words(only(group, "legend")) == wrong[name].label.text
    error = wrong[name].errors[0].replace("\u00a0", " ")
    assert described(tree, group) == ["One sentence", f"Error: {error}"]


def test_a_field_in_order_has_no_error_about_it(tiny: Flask) -> None:
    tree = drawn_field(tiny, Example(name="Ó <S>"), "name")
    box = only(tree, "input")
    assert box.get("value") == "Ó <S>"
    assert box.get("aria-describedby") is None
    assert find(tree, class_="govuk-error-message") == []


def test_hint_comes_before_error_and_a_description_is_the_hint(tiny: Flask, wrong: Example) -> None:
    tree = drawn_field(tiny, wrong, "comment")
    assert described(tree, only(tree, "textarea")) == [
        "Say what to keep, and what to do next.",
        "Error: Write a comment",
    ]


def test_optional_fields_say_so_and_others_carry_no_sign(tiny: Flask) -> None:
    form = Example()
    assert words(only(drawn_field(tiny, form, "phone"), "label")) == "Telephone number (optional)"
    assert words(only(drawn_field(tiny, form, "name"), "label")) == "Name on the certificate"


def test_a_password_is_never_written_back_and_can_be_shown(tiny: Flask) -> None:
    form = Example(MultiDict({"password": "quiet river"}))
    tree = drawn_field(tiny, form, "password", ', autocomplete="new-password"')
    box = only(tree, "input")
    assert box.get("type") == "password"
    assert box.get("value") in {None, ""}
    assert box.get("autocomplete") == "new-password"
    assert only(tree, "button").get("hidden") is not None


def test_codes_and_numbers_bring_their_keyboard(tiny: Flask) -> None:
    form = Example()
    assert only(drawn_field(tiny, form, "mark"), "input").get("inputmode") == "numeric"
    assert only(drawn_field(tiny, form, "hours"), "input").get("inputmode") == "decimal"
    email = only(drawn_field(tiny, form, "email"), "input")
    assert (email.get("type"), email.get("spellcheck")) == ("email", "false")


def test_a_long_text_counts_and_keeps_what_was_typed(tiny: Flask) -> None:
    form = Example(MultiDict({"note": "\n two\x00 </textarea><b>"}))
    form.note.data = "\n two\x00 </textarea><b>"
    tree = drawn_field(tiny, form, "note", ", maxlength=500, rows=3")
    box = only(tree, "textarea")
    assert box.text == "\n two </textarea><b>"
    assert box.get("rows") == "3"
    assert described(tree, box) == ["You can enter up to 500 characters"]


def test_a_date_shows_every_box_as_typed_and_marks_the_wrong_one(
    tiny: Flask, wrong: Example
) -> None:
    tree = drawn_field(tiny, wrong, "born", ', autocomplete="bday"')
    boxes = [only(tree, id=f"wrong-born-{box}") for box in ("day", "month", "year")]
    assert [box.get("value") for box in boxes] == ["31", "2", "1990"]
    assert [box.get("autocomplete") for box in boxes] == ["bday-day", "bday-month", "bday-year"]
    assert ["govuk-input--error" in box.get("class", "") for box in boxes] == [True, False, False]
    assert all(box.get("required") is None for box in find(tree))


def test_a_moment_has_a_fourth_box_with_its_own_label(tiny: Flask) -> None:
    tree = drawn_field(tiny, Example(due=NOW), "due")
    assert only(tree, id="due-time").get("value") == "10:22"
    assert words(only(tree, "label", for_="due-time")) == "Time (UK)"


def test_choices_keep_their_choice_and_their_hints(tiny: Flask) -> None:
    form = Example(decision="other", nations=["ni"], reason="role")
    radios = drawn_field(tiny, form, "decision", ', hints={"other": "You will be asked why"}')
    chosen = only(radios, "input", checked="")
    assert chosen.get("value") == "other"
    assert described(radios, chosen) == ["You will be asked why"]
    boxes = drawn_field(tiny, form, "nations")
    assert [box.get("value") for box in find(boxes, "input", checked="")] == ["ni"]
    select = drawn_field(tiny, form, "reason")
    assert [option.get("value") for option in find(select, "option", selected="")] == ["role"]


def test_hidden_fields_show_nothing(tiny: Flask) -> None:
    tree = drawn_field(tiny, Example(seen="7"), "seen")
    assert only(tree, "input").get("type") == "hidden"
    assert only(tree, "input").get("value") == "7"
    assert words(tree) == ""


def test_a_label_may_be_for_the_ear_only(tiny: Flask) -> None:
    tree = drawn_field(tiny, Example(), "name", ", hide_label=true")
    assert "govuk-visually-hidden" in only(tree, "label").get("class", "")


def test_a_file_box_says_what_it_takes(tiny: Flask) -> None:
    tree = drawn_field(tiny, Example(), "work", ', accept=".pdf", hint="PDF, up to 20 MB"')
    box = only(tree, "input")
    assert (box.get("type"), box.get("accept")) == ("file", ".pdf")
    assert described(tree, box) == ["PDF, up to 20 MB"]


def test_render_kw_reaches_the_page(tiny: Flask) -> None:
    form = Example()
    form.name.render_kw = {"autocomplete": "name", "spellcheck": False, "data-x": "1"}
    box = only(drawn_field(tiny, form, "name"), "input")
    assert (box.get("autocomplete"), box.get("spellcheck")) == ("name", "false")
    assert box.get("data-x") == "1"


def test_a_group_of_declarations_has_one_error_with_all_its_sentences(
    tiny: Flask, wrong: Example
) -> None:
    tree = drawn(
        tiny,
        '{% from "macros/field.html" import checkbox_group %}'
        '{{ checkbox_group([form.own, form.fit], "Before you hand in") }}',
        form=wrong,
    )
    assert described(tree, only(tree, "fieldset")) == [
        "Error: Confirm that this is your own workConfirm that you are fit to hand in today"
    ]
    assert described(tree, only(tree, id="wrong-fit")) == [
        "If you are not, you can ask for more time up to the deadline."
    ]


def test_every_link_of_the_summary_reaches_its_box(tiny: Flask) -> None:
    tree = page(tiny.test_client().get("/help/components").get_data(as_text=True))
    summary = only(tree, class_="govuk-error-summary")
    links = [link.get("href", "") for link in find(summary, "a")]
    assert len(links) == 15
    for link in links:
        assert only(tree, id=link.removeprefix("#")).tag in {"input", "select", "textarea"}


def test_nothing_wrong_means_no_summary(tiny: Flask) -> None:
    macro = '{% from "macros/form.html" import error_summary %}{{ error_summary(form) }}'
    assert find(drawn(tiny, macro, form=Example())) == []


def test_a_form_that_changes_something_carries_its_token(tiny: Flask) -> None:
    tree = drawn(
        tiny,
        '{% from "macros/form.html" import post, filters %}'
        '{% call post("/save", file=true) %}in{% endcall %}'
        '{% call filters("Filter advocates") %}in{% endcall %}',
    )
    changing, asking = find(tree, "form")
    assert changing.get("novalidate") is not None
    assert changing.get("enctype") == "multipart/form-data"
    assert only(changing, "input", name="csrf_token").get("value")
    assert (asking.get("method"), asking.get("role")) == ("get", "search")
    assert find(asking, "input", name="csrf_token") == []


def test_a_status_is_tone_icon_and_word(tiny: Flask) -> None:
    macro = '{% from "macros/status.html" import status, mark %}'
    tag = only(drawn(tiny, macro + '{{ status("reading", "opens", day="<1 May>") }}'), class_="tag")
    assert "t-calm" in tag.get("class", "")
    assert words(tag) == "Opens <1 May>"
    assert only(tag, "svg").get("aria-hidden") == "true"
    beside = drawn(tiny, macro + '{{ mark(64, "provisional") }}')
    assert words(beside) == "Mark 64Provisional"


@pytest.mark.parametrize("call", ['status("board", "maybe")', 'icon("unicorn")'])
def test_a_slip_of_the_pen_is_an_error_not_an_empty_place(tiny: Flask, call: str) -> None:
    macros = (
        '{% from "macros/status.html" import status %}{% from "macros/icon.html" import icon %}'
    )
    with pytest.raises(LookupError):
        drawn(tiny, f"{macros}{{{{ {call} }}}}")


def test_a_table_keeps_its_roles_and_its_heads_on_a_phone(tiny: Flask) -> None:
    tree = drawn(
        tiny,
        '{% from "macros/table.html" import table, row, head, cell %}'
        '{% set total %}{% call row() %}{{ head("Sum") }}{{ cell("Credits", 20, n=true) }}'
        "{% endcall %}{% endset %}"
        '{% call table("Marks", ["Module", {"text": "Credits", "n": true, "href": "?sort=c", '
        '"sort": "descending"}], dense=true, foot=total) %}{% call row() %}'
        '{{ head("Law", "/law") }}{% call cell("Credits", n=true) %}<b>10</b>{% endcall %}'
        "{% endcall %}{% endcall %}",
    )
    table = only(tree, "table")
    roles = {
        "table": "table",
        "thead": "rowgroup",
        "tbody": "rowgroup",
        "tfoot": "rowgroup",
        "tr": "row",
        "td": "cell",
    }
    for tag, role in roles.items():
        assert {element.get("role") for element in find(table, tag)} == {role}
    heads = [(th.get("scope"), th.get("role")) for th in find(table, "th")]
    assert set(heads) == {("col", "columnheader"), ("row", "rowheader")}
    assert [cell.get("data-label") for cell in find(table, "td")] == ["Credits", "Credits"]
    assert only(table, "th", aria_sort="descending") is not None
    scroll = only(tree, class_="scroll")
    assert (scroll.get("tabindex"), scroll.get("role")) == ("0", "region")
    assert scroll.get("aria-label") == "Marks, table"


def test_pages_of_a_list_are_a_named_landmark_and_one_page_has_none(tiny: Flask) -> None:
    macro = '{% from "macros/pager.html" import pager %}{{ pager(part, "advocates") }}'
    tree = drawn(tiny, macro, part=examples(NOW)["part"])
    assert only(tree, "nav").get("aria-label") == "Pages of this list"
    assert only(tree, "a", aria_current="page").get("href") == "?page=3"
    assert "101 to 150 of 271 advocates" in words(tree)
    single = {"page": 1, "pages": 1, "per_page": 50, "total": 3}
    assert find(drawn(tiny, macro, part=single)) == []


def test_facts_leave_out_what_is_not_known(tiny: Flask) -> None:
    tree = drawn(
        tiny,
        '{% from "macros/list.html" import facts %}'
        '{{ facts([("A", 0), ("B", none), ("C", ""), ("D", "x")], mono=("D",)) }}',
    )
    assert [words(term) for term in find(tree, "dt")] == ["A", "D"]
    assert words(only(tree, "dd", class_="ref")) == "x"


def test_steps_say_in_words_what_is_done(tiny: Flask) -> None:
    tree = drawn(
        tiny,
        '{% from "macros/list.html" import steps %}'
        '{{ steps([("Marked", true), ("Confirmed", false, "after the board")]) }}',
    )
    assert [words(step) for step in find(tree, "li")] == [
        "Done: Marked",
        "To come: Confirmedafter the board",
    ]


def test_a_time_is_written_for_people_and_for_machines(tiny: Flask) -> None:
    tree = drawn(
        tiny,
        '{% from "macros/time.html" import moment_tag, day_tag %}'
        "{{ moment_tag(at, at) }}|{{ day_tag(at.date()) }}",
        at=NOW,
    )
    stamps = [time.get("datetime") for time in find(tree, "time")]
    assert stamps == ["2026-10-09T09:22:00Z", "2026-10-09"]
    assert words(tree) == "9 October 2026, 10:22 (UK time), now|9 October 2026"
