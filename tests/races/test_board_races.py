"""Several at the same moment, over connections of their own, against a real server of two workers.

What must happen once is held twice over: by a lock, so that the second waits and then reads what
the first did, and by a constraint, so that nothing is done twice even without the lock. Each is
taken away on a throw-away database of PostgreSQL: with either gone it still happens once, with
both gone it happens several times, which shows that these tests could fail. On SQLite the lock is
the file's own: one writer at a time, and nobody writes on what they read before (test_db_races).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine, event, text

import config
from lms import clock, refs, vault
from lms.access.actor import Role
from lms.accreditation.rules import Standing
from lms.app import create_app
from lms.db import db
from tests import factories
from tests.accreditation.register import filled, make_employer, make_standing
from tests.accrediting.deciding import propose
from tests.board.world import BOARD_DAY, RESUBMIT_BY, make_world
from tests.conftest import ENGINES
from tests.races.broken import take_away
from tests.races.house import REFUSED, Ask, Badge, House, all_at_once, send
from tests.support import postgres
from tests.support.installation import installation
from tests.support.pages import moment

EIGHT = 8
# Nobody was first for long enough that somebody gave up waiting: also no harm done.
TOO_BUSY = 503
GONE = {
    "nothing": set(),
    "lock": {"lock"},
    "constraints": {"constraints"},
}
TURNS = 10


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each database by itself; on PostgreSQL also with something gone, in full under --long."""
    if "house" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--database")
    engines = ENGINES if chosen == "both" else (chosen,)
    if metafunc.function is test_without_lock_and_constraints_it_does_happen_twice:
        engines = [each for each in engines if each == "postgresql"]
    if "gone" not in metafunc.fixturenames:
        metafunc.parametrize("house", engines, indirect=True, scope="module")
        return
    gone = list(GONE) if metafunc.config.getoption("--long") else ["nothing"]
    cases = {"sqlite": ["nothing"], "postgresql": gone}
    pairs = [(engine, each) for engine in engines for each in cases[engine]]
    metafunc.parametrize(("house", "gone"), pairs, indirect=["house"], scope="module")


@pytest.fixture(scope="module")
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Everything that is raced for, built once for each database."""
    home = tmp_path_factory.mktemp("races")
    if request.param == "sqlite":
        yield _built(home, "")
        return
    server = request.getfixturevalue("postgres_server")
    with postgres.database(server, f"races_{refs.new('X')[2:6].lower()}") as url:
        yield _built(home, url)


@pytest.fixture
def copy(house: House, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The same on a database of its own."""
    sqlite = house.place.on_sqlite
    with house.copied(
        tmp_path, None if sqlite else request.getfixturevalue("postgres_server")
    ) as at:
        yield at


def _built(home: Path, url: str) -> House:
    place = installation(home, url)
    vault.Keys.make(home / "keys")
    app = create_app(config.production(place.environment))
    with app.app_context(), clock.stopped(BOARD_DAY):
        upgrade()
        house = House(place, *_raced_for(app))
        db.session.remove()
        db.engine.dispose()
    return house


def _raced_for(app: Flask) -> tuple[dict[str, str], dict[str, Badge]]:
    world = make_world(*[(60, 60)] * 9, (60, 40))
    accreditors = [factories.make_account(Role.ACCREDITOR) for _ in range(3)]
    proposed, free = (make_standing(Standing.ACCREDITED) for _ in range(2))
    employer = make_employer()
    checked = make_standing(Standing.ACCREDITED)
    facts = {
        "meeting": world.meeting.ref,
        "chair": world.chair.address,
        "proposal": propose(proposed, accreditors[0], Standing.SUSPENDED).ref,
        "proposed": str(proposed.id),
        "free": free.ref,
        "free id": str(free.id),
        "organisation": employer.organisation.ref,
        "number": checked.number,
    }
    badges = {f"accreditor {n}": Badge.of(app, each) for n, each in enumerate(accreditors)}
    badges["chair"] = Badge.of(app, world.chair)
    badges["coordinator"] = Badge.of(app, employer.coordinator)
    return facts, badges


# What is raced for: who asks, what must be there once, and how often it is.


def to_ratify(house: House) -> list[Ask]:
    fields = {name.replace("__", "-"): v for name, v in moment("resubmit_by", RESUBMIT_BY).items()}
    path = f"/boards/{house.facts['meeting']}/ratify"
    return [Ask(house.badges["chair"], path, fields)] * EIGHT


def to_confirm(house: House) -> list[Ask]:
    path = f"/accreditation/proposals/{house.facts['proposal']}/confirm"
    return [Ask(house.badges[f"accreditor {1 + n % 2}"], path) for n in range(EIGHT)]


def to_propose(house: House) -> list[Ask]:
    fields = {
        "what": "withdrawn",
        "reason": "At their own request.",
        **{f"from_on-{box}": str(getattr(BOARD_DAY, box)) for box in ("day", "month", "year")},
    }
    path = f"/accreditation/{house.facts['free']}/propose"
    return [Ask(house.badges[f"accreditor {n % 2}"], path, fields) for n in range(EIGHT)]


def to_check(house: House) -> list[Ask]:
    fields = {name.replace("__", "-"): str(v) for name, v in filled(house.facts["number"]).items()}
    fields |= {"organisation": house.facts["organisation"], "token": "t" * 32}
    return [Ask(house.badges["coordinator"], "/check", fields)] * EIGHT


def ratified(house: House) -> list[int]:
    """How often each thing is there that ratifying leaves once."""
    return [
        house.count("ratification"),
        _most(house, "decision", "enrolment_id"),
        _most(house, "standing_event WHERE standing = 'award_made'", "entry_id"),
        _most(house, "mark_event WHERE what = 'confirmed'", "submission_id"),
        _most(house, "enrolment_event WHERE state = 'completed'", "enrolment_id"),
        house.count("opened_attempt"),
        house.count("audit_entry WHERE event = 'board ratified'"),
    ]


def confirmed(house: House) -> list[int]:
    suspended = f"standing = 'suspended' AND entry_id = {house.facts['proposed']}"
    return [
        house.count("proposal_end"),
        house.count(f"standing_event WHERE {suspended}"),
        house.count("audit_entry WHERE event = 'standing confirmed'"),
    ]


def proposed(house: House) -> list[int]:
    return [house.count(f"proposal WHERE entry_id = {house.facts['free id']}")]


def checked(house: House) -> list[int]:
    return [
        house.count("accreditation_check"),
        house.count("audit_entry WHERE event = 'accreditation checked'"),
    ]


RACES: dict[str, tuple[Callable[[House], list[Ask]], Callable[[House], list[int]]]] = {
    "ratifying": (to_ratify, ratified),
    "confirming": (to_confirm, confirmed),
    "checking": (to_check, checked),
    "proposing": (to_propose, proposed),
}
# Held by the lock alone: nothing about a proposal that waits can be a constraint.
BY_LOCK_ALONE = {"proposing"}


def test_what_happens_once_happens_once_however_many_ask(copy: House, gone: str) -> None:
    take_away(copy, GONE[gone])
    with copy.served() as address:
        for name, (asks, left) in RACES.items():
            if gone == "lock" and name in BY_LOCK_ALONE:
                continue
            answers = all_at_once(address, asks(copy))
            done = [status for status, _ in answers if status == 302]
            refused = {status for status, _ in answers} - {302}
            assert refused <= {*REFUSED, TOO_BUSY}, (name, answers)
            assert left(copy) == [1] * len(left(copy)), name
            # The same form pressed twice is no refusal: all are led to the one receipt.
            if name == "checking":
                assert len({where for status, where in answers if status == 302}) == 1
            else:
                assert len(done) == 1, (name, answers)
    assert copy.chain_is_whole()


def test_without_lock_and_constraints_it_does_happen_twice(
    house: House, postgres_server: str, tmp_path: Path
) -> None:
    """What the test above stands on.

    Each has its turns: the trail's own lock, which stays, lets one go on when the other is done, so
    that a second who reads late enough is told so after all.
    """
    once = set(RACES)
    for turn in range(TURNS):
        home = tmp_path / f"turn-{turn}"
        home.mkdir()
        with house.copied(home, postgres_server) as copy:
            take_away(copy, {"lock", "constraints"})
            with copy.served() as address:
                for name in sorted(once):
                    asks, left = RACES[name]
                    answers = all_at_once(address, asks(copy))
                    done = [status for status, _ in answers if status == 302]
                    if max(left(copy)) > 1 and len(done) > 1:
                        once.remove(name)
            assert copy.chain_is_whole()
        if not once:
            return
    pytest.fail(f"in {TURNS} turns nothing happened twice: {once}")


def _most(house: House, rows: str, column: str) -> int:
    """How often the most frequent value comes up."""
    with house.connected() as connection:
        query = f"SELECT count(*) FROM {rows} GROUP BY {column} ORDER BY 1 DESC LIMIT 1"
        return int(connection.execute(text(query)).scalar() or 0)


# A server that dies in the middle.

TRACES = (
    "ratification",
    "decision",
    "standing_event WHERE standing = 'award_made' AND authority LIKE 'DEC-%' AND entry_id IN "
    "(SELECT id FROM register_entry WHERE holder_id IN (SELECT advocate_id FROM enrolment))",
    "mark_event WHERE what = 'confirmed'",
    "enrolment_event WHERE state = 'completed'",
    "opened_attempt",
    "message WHERE key LIKE '%DEC-%'",
    "audit_entry WHERE event IN ('board ratified', 'decision made', 'mark confirmed')",
)


def test_a_server_killed_while_ratifying_leaves_all_or_nothing_and_does_it_once(
    copy: House, long: bool, tmp_path: Path
) -> None:
    inserts = _inserts_of_ratifying(copy)
    assert inserts > 20
    parts = 12 if long else 2
    points = [str(1 + n * (inserts - 1) // parts) for n in range(parts + 1)]
    ask, point = to_ratify(copy)[0], tmp_path / "point"
    assert [copy.count(each) for each in TRACES] == [0] * len(TRACES)
    with copy.served(point) as address:
        for each in (*points, "commit"):
            point.write_text(each, encoding="ascii")
            with pytest.raises(OSError, match=r"reset|closed|refused"):
                send(address, ask)
            assert not point.exists(), f"nobody died at {each}"
            assert [copy.count(trace) for trace in TRACES] == [0] * len(TRACES), each
            assert copy.chain_is_whole(), each
        point.write_text("committed", encoding="ascii")
        with pytest.raises(OSError, match=r"reset|closed|refused"):
            send(address, ask)
        assert ratified(copy) == [1] * 7
        # Whoever saw no answer asks again: it is all there, and nothing is done twice.
        assert send(address, ask)[0] == 422
        assert ratified(copy) == [1] * 7
    assert copy.chain_is_whole()


def _inserts_of_ratifying(house: House) -> int:
    """In how many statements ratifying inserts what it decides."""
    with _counting_inserts() as statements, clock.stopped(BOARD_DAY):
        said = house.place.here(
            *("board", "ratify", house.facts["meeting"], "--as", house.facts["chair"]),
            *("--resubmit-by", "2027-09-30 17:00", "--dry-run"),
        )
    assert said.status == 0, said
    return len(statements)


@contextmanager
def _counting_inserts() -> Iterator[list[str]]:
    found: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().startswith("INSERT"):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)
