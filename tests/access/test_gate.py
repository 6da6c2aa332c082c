"""The door before a view, and the lock at the head of an operation."""

from datetime import timedelta
from types import SimpleNamespace as Thing

import pytest
from flask import Flask, g
from flask_login import LoginManager

from lms import clock
from lms.access import gate
from lms.access.actor import PUBLIC, SYSTEM, Actor, Held, Role
from lms.access.permissions import Permission as P
from lms.errors import NotFound, NotPermitted

NOW = clock.now()
REGISTRAR = Actor(1, "USR-1", frozenset({Held(Role.REGISTRAR)}))
ADVOCATE = Actor(2, "USR-2", frozenset({Held(Role.ADVOCATE)}))


class Person:
    is_authenticated = is_active = True

    def __init__(self, actor: Actor, proved_ago: timedelta | None = timedelta(0)) -> None:
        self.actor = actor
        self.proved_at = None if proved_ago is None else NOW - proved_ago


@pytest.fixture
def small() -> Flask:
    """An application of a few doors, without a database."""
    app = Flask("doors")
    LoginManager(app).user_loader(lambda _token: None)
    app.before_request(gate.refuse_doorless)

    @app.route("/people/")
    @gate.needs(P.READ_PEOPLE)
    def people() -> str:
        return "people"

    @app.route("/people/<ref>", methods=["GET", "POST"])
    @gate.needs(P.KEEP_ACCOUNTS, fresh=True)
    def person(ref: str) -> str:
        return ref

    @app.route("/help/")
    @gate.public
    def help_() -> str:
        return gate.actor().ref

    @app.route("/forgotten")
    def forgotten() -> str:
        return "open to everybody"

    return app


def visit(app: Flask, path: str, person: Person | None = None, method: str = "GET") -> str:
    """What the view says to this person, or the error it raises."""
    with app.test_request_context(path, method=method), clock.stopped(NOW):
        if person is not None:
            g._login_user = person
        answer = app.preprocess_request()
        assert answer is None
        return str(app.dispatch_request())


def test_a_view_without_a_door_does_not_open(small) -> None:
    with pytest.raises(RuntimeError, match="forgotten has neither"):
        visit(small, "/forgotten", Person(REGISTRAR))
    assert gate.door_of(small.view_functions["forgotten"]) is None
    assert gate.door_of(small.view_functions["help_"]) == "public"
    assert gate.door_of(small.view_functions["person"]) is P.KEEP_ACCOUNTS


def test_an_address_that_leads_nowhere_is_left_to_its_own_answer(small) -> None:
    with small.test_request_context("/nowhere"):
        assert gate.refuse_doorless() is None


def test_signed_out_every_door_asks_to_sign_in_whether_the_thing_is_there_or_not(small) -> None:
    for path in ("/people/", "/people/USR-7", "/people/nonsense"):
        with pytest.raises(gate.SignInNeeded):
            visit(small, path)
    assert visit(small, "/help/") == "public"


def test_the_wrong_role_is_told_so_only_where_there_is_nothing_to_find_out(small) -> None:
    with pytest.raises(NotPermitted):
        visit(small, "/people/", Person(ADVOCATE))
    with pytest.raises(NotFound):
        visit(small, "/people/USR-7", Person(ADVOCATE))
    assert visit(small, "/people/", Person(REGISTRAR)) == "people"


def test_a_refusal_at_the_door_is_kept_for_the_trail(small) -> None:
    with small.test_request_context("/people/USR-7"):
        g._login_user = Person(ADVOCATE)
        with pytest.raises(NotFound):
            small.dispatch_request()
        assert g.lms_refused == (P.KEEP_ACCOUNTS, "")


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("method", "ago", "opens"),
    [
        ("GET", 15 * MINUTE, True),
        ("GET", 15 * MINUTE + timedelta(seconds=1), False),
        ("HEAD", 15 * MINUTE, True),
        ("HEAD", 16 * MINUTE, False),
        ("POST", 16 * MINUTE, True),
        ("POST", 60 * MINUTE, True),
        ("POST", 60 * MINUTE + timedelta(seconds=1), False),
        ("GET", -60 * MINUTE, True),
        ("GET", None, False),
        ("POST", None, False),
    ],
)
def test_a_proof_counts_15_minutes_to_open_a_page_and_60_to_send_it(small, method, ago, opens):
    if opens:
        assert visit(small, "/people/USR-7", Person(REGISTRAR, ago), method) == "USR-7"
        return
    with pytest.raises(gate.StepUpNeeded):
        visit(small, "/people/USR-7", Person(REGISTRAR, ago), method)


def test_somebody_who_may_not_is_refused_before_they_are_asked_to_prove_anything(small) -> None:
    with pytest.raises(NotFound):
        visit(small, "/people/USR-7", Person(ADVOCATE, None), "POST")


def test_the_lock_answers_for_this_very_thing_as_for_one_that_is_not_there(small) -> None:
    with small.app_context():
        gate.require(REGISTRAR, P.GRANT_ROLE, Thing(id=2, ref="USR-2"))
        with pytest.raises(NotFound) as refusal:
            gate.require(REGISTRAR, P.GRANT_ROLE, Thing(id=1, ref="USR-1"))
        assert refusal.value.sentence == ""
        assert g.lms_refused == (P.GRANT_ROLE, "USR-1")


def test_the_lock_holds_for_the_public_and_for_a_thing_without_a_name(small) -> None:
    with small.app_context():
        for actor in (PUBLIC, ADVOCATE):
            with pytest.raises(NotFound):
                gate.require(actor, P.INVITE)
        assert g.lms_refused == (P.INVITE, "")


def test_the_system_passes_every_lock_and_holds_no_role(small) -> None:
    with small.app_context():
        for permission in P:
            gate.require(SYSTEM, permission)
            assert not gate.may(SYSTEM, permission, Thing(id=0))
