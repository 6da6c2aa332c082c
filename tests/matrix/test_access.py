"""Asks the running product for every line of docs/access.md, as every kind of person."""

import re

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.matrix.table import PEOPLE, PUBLIC, SIGN_IN, Line, lines
from tests.matrix.world import World, made_up
from tests.support.pages import Visitor

_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


LINES = lines()


@pytest.mark.parametrize("line", LINES, ids=str)
def test_everybody_gets_the_answer_of_the_table(world: World, line: Line) -> None:
    got = {}
    for name in (PUBLIC, *PEOPLE):
        answer = _asked(world, name, line.method, line.at(world.things))
        got[name] = SIGN_IN if _asks_to_sign_in(answer) else str(answer.status_code)
        if line.method == "POST" and answer.status_code < 400:
            world.restore()
    wrong = {
        name: (got[name], line.answers[name]) for name in got if got[name] != line.answers[name]
    }
    assert not wrong, f"{line}: got, and the table says: {wrong}"


@pytest.mark.parametrize(
    "line",
    [each for each in LINES if "404" in each.answers.values() and "{" in each.address],
    ids=str,
)
def test_what_is_not_yours_answers_as_what_is_not_there(world: World, line: Line) -> None:
    nothing = {name: made_up(value) for name, value in world.things.items()}
    for name in (each for each in PEOPLE if line.answers[each] == "404"):
        there = _asked(world, name, line.method, line.at(world.things))
        not_there = _asked(world, name, line.method, line.at(nothing))
        assert there.status_code == not_there.status_code == 404
        assert _plain(there, line.at(world.things)) == _plain(not_there, line.at(nothing))
        assert _headers(there) == _headers(not_there)


@pytest.mark.parametrize(
    "line",
    [each for each in LINES if each.method == "GET" and "/leave" not in each.address],
    ids=str,
)
def test_asking_for_the_head_alone_answers_alike(world: World, line: Line) -> None:
    for name in (PUBLIC, "adv", "reg"):
        page = _asked(world, name, "GET", line.at(world.things))
        head = _asked(world, name, "HEAD", line.at(world.things))
        assert head.status_code == page.status_code
        assert not head.data


def test_every_address_and_method_has_a_line(world: World) -> None:
    adapter = world.app.url_map.bind("localhost")
    known = {
        (line.method, adapter.match(line.at(world.things), method=line.method)[0]) for line in LINES
    }
    missing = [
        f"{method} {rule.rule}"
        for rule in world.app.url_map.iter_rules()
        for method in _methods(rule)
        if (method, rule.endpoint) not in known
    ]
    assert not missing


def test_an_address_that_is_nowhere_answers_as_one_that_is_not_yours(world: World) -> None:
    for name in PEOPLE:
        nowhere = _asked(world, name, "GET", "/nowhere/at-all")
        not_theirs = _asked(world, name, "GET", f"/submissions/{made_up('SUB')}/receipt")
        assert nowhere.status_code == 404
        if name in ("adv", "oth"):
            assert _plain(nowhere, "/nowhere/at-all") == _plain(
                not_theirs, str(not_theirs.request.path)
            )


def _methods(rule: Rule) -> set[str]:
    return set(rule.methods or ()) - {"HEAD", "OPTIONS"}


def _asked(world: World, name: str, method: str, path: str) -> TestResponse:
    visitor = world.visitor(name) if name != PUBLIC else Visitor(world.app)
    if method == "POST":
        return visitor.post(path)
    with visitor.client.open(path, method=method) as answer:
        answer.get_data()
        return answer


def _asks_to_sign_in(answer: TestResponse) -> bool:
    to = answer.headers.get("Location", "")
    asked = answer.status_code == 302 and to.startswith("/sign-in?next=")
    return asked or answer.status_code == 401


def _plain(answer: TestResponse, path: str) -> str:
    return _TOKEN.sub("", answer.get_data(as_text=True)).replace(path, "/*")


def _headers(answer: TestResponse) -> list[tuple[str, str]]:
    varies = {"X-Request-ID", "Set-Cookie", "Content-Length", "Date"}
    return [(name, value) for name, value in answer.headers if name not in varies]
