"""The frame, the error pages and the components page, as HTML."""

import gzip
import re
from collections import Counter

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from lms.web.statuses import STATUSES
from tests.web.conftest import ERRORS, LONG, MINE, SAVED, TEXTS
from tests.web.html import find, ids, only, page, words

PAGES = [
    "/help/components",
    *(f"/errors/{name}" for name in ERRORS),
    *(f"/plain/{name}" for name in ERRORS),
    "/errors/404?as=nobody",
    "/errors/404?as=long",
]


def text_of(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_html_and_nothing_in_it_is_named_twice(
    client: FlaskClient, address: str
) -> None:
    tree = page(text_of(client, address))
    assert [name for name, count in Counter(ids(tree)).items() if count > 1] == []
    assert len(find(tree, "h1")) == 1
    assert only(tree, "html").get("lang") == "en-GB"


@pytest.mark.parametrize("address", PAGES)
def test_no_page_needs_what_the_policy_refuses(client: FlaskClient, address: str) -> None:
    text = text_of(client, address)
    assert " style=" not in text
    assert "<style" not in text
    assert re.findall(r"<script(?![^>]* src=)", text) == []
    assert re.findall(r"\son\w+=", text) == []
    assert "data:" not in text
    assert re.findall(r"""(?:href|src|action)=["']https?:""", text) == []


@pytest.mark.parametrize("address", PAGES)
def test_every_description_and_every_label_has_its_other_end(
    client: FlaskClient, address: str
) -> None:
    tree = page(text_of(client, address))
    there = set(ids(tree))
    for element in find(tree):
        joined = [
            *element.get("aria-describedby", "").split(),
            *element.get("aria-labelledby", "").split(),
            *element.get("for", "").split(),
        ]
        assert set(joined) <= there


@pytest.mark.parametrize("address", PAGES)
def test_a_page_stays_small(client: FlaskClient, address: str) -> None:
    assert len(gzip.compress(client.get(address).data)) <= 20 * 1024


def test_the_frame_stands_in_the_order_that_keys_go_through_it(client: FlaskClient) -> None:
    tree = page(text_of(client, "/errors/404"))
    body = only(tree, "body")
    assert [element.tag for element in body] == ["nav", "div"]
    skips = [(link.get("href"), words(link)) for link in find(body[0], "a")]
    assert skips == [("#main", "Skip to the main text"), ("/leave", "Leave this page quickly")]
    assert [element.tag for element in body[1]] == ["aside", "header", "main", "footer"]
    assert only(tree, "main", id="main").get("tabindex") == "-1"


def test_leave_is_a_plain_link_on_every_page_and_hides_where_it_came_from(
    client: FlaskClient,
) -> None:
    for address in ("/errors/404", "/errors/404?as=nobody", "/plain/500"):
        leave = only(page(text_of(client, address)), "a", class_="leave")
        assert leave.get("href") == "/leave"
        assert leave.get("rel") == "nofollow noreferrer"


def test_the_menu_marks_where_we_are_in_both_its_shapes(client: FlaskClient) -> None:
    tree = page(text_of(client, "/errors/404"))
    for name in ("Main", "Menu"):
        menu = only(tree, "nav", aria_label=name)
        assert words(only(menu, "a", aria_current="page")) == "Home"
        assert "2 unread" in words(menu)


def test_what_changes_something_is_a_button_with_a_token_even_in_a_menu(
    client: FlaskClient,
) -> None:
    tree = page(text_of(client, "/errors/404"))
    [form] = [form for form in find(tree, "form") if "Sign out" in words(form)]
    assert form.get("method") == "post"
    assert only(form, "input", name="csrf_token").get("value")
    again = only(only(tree, "details", class_="menu-phone"), "button")
    assert words(again) == "Sign out"
    assert again.get("form") == form.get("id")


def test_signed_out_there_is_a_way_in_and_no_menu(client: FlaskClient) -> None:
    tree = page(text_of(client, "/errors/404?as=nobody"))
    assert words(only(tree, "nav", aria_label="Main")) == "Sign in"
    assert find(tree, "details") == []


def test_the_theme_is_the_readers(client: FlaskClient) -> None:
    for theme, attribute in (("auto", None), ("light", "light"), ("dark", "dark"), ("x", None)):
        tree = page(text_of(client, f"/errors/404?theme={theme}"))
        assert only(tree, "html").get("data-theme") == attribute
    pressed = only(tree := page(text_of(client, "/errors/404?theme=dark")), aria_pressed="true")
    assert words(pressed) == "Dark"
    assert only(tree, "form", action="/account/display") is not None


@pytest.mark.parametrize(
    ("errors", "title"), [(True, "Error: Hand in – Alongside"), (False, "Hand in – Alongside")]
)
def test_a_title_is_a_place_and_says_when_something_is_wrong(
    tiny: Flask, errors: bool, title: str
) -> None:
    template = '{% extends "base.html" %}{% block title %}Hand in{% endblock %}'
    with tiny.test_request_context("/"):
        tree = page(render_template_string(template, errors=errors))
    assert words(only(tree, "title")) == title


@pytest.mark.parametrize("name", ERRORS)
def test_a_page_of_trouble_needs_no_session_and_offers_nothing_that_does(
    tiny: Flask, name: str
) -> None:
    client = tiny.test_client()
    response = client.get(f"/plain/{name}")
    tree = page(response.get_data(as_text=True))
    assert response.status_code == ERRORS[name][0]
    assert find(tree, "nav", aria_label="Main") == []
    assert find(tree, "form", action="/account/display") == []
    if name != "409":  # a choice between two versions is a form, and needs a session
        assert find(tree, "input", name="csrf_token") == []
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("name", [name for name, (_, facts) in ERRORS.items() if "texts" in facts])
def test_a_refused_text_is_given_back_to_the_letter(client: FlaskClient, name: str) -> None:
    tree = page(text_of(client, f"/errors/{name}"))
    boxes = find(tree, "textarea")
    assert [box.text for box in boxes] == TEXTS
    assert all(box.get("readonly") is not None for box in boxes)


def test_a_conflict_shows_both_sides_and_carries_mine(client: FlaskClient) -> None:
    tree = page(text_of(client, "/errors/409"))
    saved, mine = find(tree, "section", class_="version")
    assert words(only(saved, "del")) == "only in the saved one: Could say who to ask."
    assert words(find(mine, "ins")[0]) == "only in yours: Names a <b>lawyer</b>."
    assert find(mine, "del") == find(saved, "ins") == []
    form = only(tree, "form", action="/save")
    for box in MINE.fields:
        assert only(form, "input", name=box.name).get("value") == box.text
    assert only(form, "input", name="based_on").get("value") == "7"
    keeps = [button.get("value") for button in find(form, "button", name="keep")]
    assert keeps == ["mine", "saved", "merge"]
    for box in (*SAVED.fields, *MINE.fields):
        assert all(word in words(tree) for word in box.text.split())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("403", "Only a registrar can open an intake."),
        ("403-bare", "ask the programme team"),
        ("404", "the page may not be one you can open"),
        ("409-done", "The board has ratified this already."),
        ("413", "up to 20 MB"),
        ("422", "Candidate 4417-K has no reconciled mark"),
        ("422", "This follows from Regulation 7.2."),
        ("429", "You can try again in 5 minutes."),
        ("500", "ERR-7Q4M-2XKD-9TBH-V3WN"),
        ("503", "Try again in 30 seconds."),
        ("503-bare", "Try again in a few minutes."),
    ],
)
def test_each_error_says_what_is_so_and_what_to_do(
    client: FlaskClient, name: str, said: str
) -> None:
    assert said in words(only(page(text_of(client, f"/errors/{name}")), "main"))


@pytest.mark.parametrize("name", ERRORS)
def test_no_error_page_blames_or_exclaims(client: FlaskClient, name: str) -> None:
    main = only(page(text_of(client, f"/errors/{name}")), "main")
    told = words(main).casefold()
    for word in ("!", "oops", "sorry", "please", "invalid", "failed", "simply"):
        assert word not in told.replace("<b>", "")
    assert len([link for link in find(main, class_="govuk-button") if link.tag == "a"]) <= 1


def test_the_name_of_the_service_can_be_another(tiny: Flask) -> None:
    template = '{% extends "errors/404.html" %}'
    with tiny.test_request_context("/"):
        tree = page(render_template_string(template, service_name="Abreast"))
    assert words(only(tree, "a", class_="brand")) == "Abreast"
    assert "Alongside" not in words(only(tree, "main"))


def test_a_long_name_stands_whole_in_the_menu(client: FlaskClient) -> None:
    tree = page(text_of(client, "/errors/404?as=long"))
    assert LONG in words(only(tree, "details", class_="menu-phone"))


def test_the_components_page_shows_every_state_and_every_tone(client: FlaskClient) -> None:
    tree = page(text_of(client, "/help/components"))
    main = only(tree, "main")
    tags = [words(tag) for tag in find(main, class_="tag")]
    for group in STATUSES.values():
        for status in group.values():
            said = status.word.split("{", maxsplit=1)[0].strip()
            assert any(tag.startswith(said) for tag in tags), said
    for tone in ("good", "info", "wait", "stop", "hold", "calm"):
        assert find(main, class_=f"t-{tone}")
