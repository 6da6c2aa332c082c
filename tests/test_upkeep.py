"""Keeping an installation: its first start, its migrations, its files."""

import re
import stat
from datetime import timedelta
from pathlib import Path

import click
import pytest
from flask import Flask

import config
from lms import clock, revision, storage, upkeep, vault
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.accounts.queries import account_with_address, actor_for
from lms.app import create_app
from lms.audit import chain, queries as trail
from lms.cli import lms
from lms.db import db, unit_of_work
from lms.facts import protected
from tests import factories
from tests.backup.conftest import content
from tests.support.installation import PEOPLE, Installation, installation
from tests.support.pages import Visitor

LINK = re.compile(r"^(registrar|accreditor) (\S+): (http://127\.0\.0\.1/invitation/\S+)$", re.M)
FOUR = [(role.strip("-"), each) for role, pair in PEOPLE.items() for each in pair]


def arguments(*changes: str) -> list[str]:
    """The four people, the first of them replaced by these."""
    people = [each for _, each in FOUR]
    people[: len(changes)] = changes
    return [w for (role, _), each in zip(FOUR, people, strict=True) for w in (f"--{role}", each)]


def in_process(place: Installation) -> Flask:
    return create_app(config.production(place.environment))


def test_an_empty_place_becomes_an_installation_with_four_people_and_a_link_for_each(
    place: Installation,
) -> None:
    said = place.lms("init", *arguments())
    links = LINK.findall(said.out)
    assert [(role, address) for role, address, _ in links] == FOUR
    assert len({link for _, _, link in links}) == 4

    keys = place.home / "keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    for name in ("seal.key", "audit.key"):
        assert f"made {keys / name}: keep a copy in another place" in said.out
        assert stat.S_IMODE((keys / name).stat().st_mode) == 0o600
        assert len(bytes.fromhex((keys / name).read_text())) == 32

    app = in_process(place)
    with app.app_context():
        held = {(min(actor_for(one).roles), one.address) for one in db.session.query(Account).all()}
        assert held == {(Role(role), address) for role, address in FOUR}
        assert chain.verify(trail.all_entries(), vault.keys().sign).whole
        assert "installed" in [each.event for each in trail.all_entries()]
        for _, address, link in links:
            _accept(app, address, link)
        with pytest.raises(click.ClickException, match="has people in it already"):
            upkeep.begin(app, [("fifth@example.org", Role.REGISTRAR)], "http://localhost")
        db.session.remove()
        db.engine.dispose()

    again = place.here("init", *arguments())
    assert again.refusal == "This installation has people in it already."
    assert again.out == ""


def _accept(app: Flask, address: str, link: str) -> None:
    """The link opens, takes a password, and is dead afterwards, for the staff it is made for."""
    path = link.removeprefix("http://127.0.0.1")
    visitor = Visitor(app)
    page = visitor.get(path)
    assert page.status_code == 200
    done = visitor.fill_in(path, password=factories.PASSWORD, again=factories.PASSWORD)
    assert done.status_code == 200, done.text
    account = account_with_address(address)
    assert account is not None
    db.session.refresh(account)
    assert account.password_hash is not None
    assert Visitor(app).get(path).status_code != 200


def test_a_link_of_the_first_start_is_dead_after_72_hours(place: Installation) -> None:
    (_, _, link), *_ = LINK.findall(place.init().out)
    app, path = in_process(place), link.removeprefix("http://127.0.0.1")
    with app.app_context(), clock.stopped(clock.now() + timedelta(hours=71, minutes=55)):
        assert Visitor(app).get(path).status_code == 200
    with app.app_context(), clock.stopped(clock.now() + timedelta(hours=72, minutes=5)):
        assert Visitor(app).get(path).status_code != 200
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (arguments("second@registry.example"), "an address was given twice"),
        (arguments("SECOND@registry.example "), "an address was given twice"),
        (arguments("first@body.example"), "an address was given twice"),
        (arguments("nobody"), "nobody: Enter an email address in full"),
        ([*arguments(), "--registrar", "a@x.org"], "Give two registrars; they invite the others."),
    ],
)
def test_senseless_addresses_are_named_and_nothing_is_made(
    words: list[str], refusal: str, place: Installation
) -> None:
    assert refusal in place.here("init", *words).refusal
    assert [*place.home.iterdir()] == []


def test_trying_the_first_start_makes_nothing(place: Installation) -> None:
    done = place.here("init", "--dry-run", *arguments())
    assert done.out == "Settings and addresses are in order. Nothing was done.\n"
    assert [*place.home.iterdir()] == []


def test_lost_keys_are_not_replaced_by_a_second_first_start(place: Installation) -> None:
    place.init()
    for key in (place.home / "keys").iterdir():
        key.unlink()
    assert place.here("init", *arguments()).refusal == "This installation has people in it already."
    assert [*(place.home / "keys").iterdir()] == []


def test_migrations_go_up_and_down_and_say_where_they_are(place: Installation) -> None:
    vault.Keys.make(place.home / "keys")

    def says(*words: str) -> tuple[int, str]:
        done = place.here(*words)
        return done.status, done.out + done.error

    newest = revision.newest()
    assert says("db", "upgrade") == (0, f"at migration {newest}\n")
    assert says("db", "current") == (0, f"at migration {newest}\n")
    assert says("db", "downgrade", "--dry-run")[1].startswith(
        f"at migration {newest}, would go to -1"
    )
    assert says("db", "current") == (0, f"at migration {newest}\n")
    app = in_process(place)
    with app.app_context(), db.engine.connect() as connection:
        assert len(protected(connection)) > 5
    steps = revision.ScriptDirectory(str(revision.ROOT / "migrations")).walk_revisions()
    for below in [*(each.revision for each in steps)][1:]:
        assert says("db", "downgrade") == (0, f"at migration {below}\n")
    assert says("db", "downgrade") == (0, "at migration none\n")
    status, said = says("db", "current")
    assert status == 1
    assert said.startswith("at migration none\nError: The database is not migrated; ")
    with app.app_context():
        db.engine.dispose()


def test_stored_files_are_hashed_again_and_damage_is_named(app: Flask) -> None:
    assessment = factories.make_assessment()
    enrolment = factories.make_enrolment(assessment.cohort)
    first = factories.hand_in(enrolment, assessment, "# One").file_key
    second = factories.hand_in(enrolment, assessment, "# Two").file_key
    runner = app.test_cli_runner()
    done = runner.invoke(lms, ["files", "verify"])
    count = len(list(storage.store().all_keys()))  # what was handed in, and the content
    assert (done.exit_code, done.output) == (0, f"{count} files: intact\n")

    folder = app.config["SETTINGS"].storage_dir
    (folder / first[:2] / first).write_bytes(b"# On3")
    (folder / second[:2] / second).unlink()
    done = runner.invoke(lms, ["files", "verify"])
    assert done.exit_code == 1
    assert sorted(done.output.splitlines()) == sorted(
        f"missing or changed: {key}" for key in (first, second)
    )
    with pytest.raises(storage.Damaged):
        storage.open(first)


@pytest.mark.parametrize(
    "words",
    [
        "db upgrade",
        "db downgrade",
        "worker",
        "worker --once",
        "catalogue publish",
        "backup create {home}/backup",
        "serve",
    ],
)
def test_trying_a_command_changes_nothing(words: str, app: Flask, tmp_path: Path) -> None:
    settings = app.config["SETTINGS"]
    with unit_of_work():
        someone = accounts.open_account("someone@example.org", "Someone", actor=SYSTEM)
        accounts.invite(someone, "http://localhost", actor=SYSTEM)
    place = Installation(
        tmp_path,
        {
            **installation(tmp_path).environment,
            "LMS_DATABASE_URL": settings.database_url,
            "LMS_STORAGE_URL": settings.storage_url,
            "LMS_KEYS_DIR": str(settings.keys_dir),
        },
    )
    before = content()
    db.session.remove()
    done = place.here(*words.format(home=tmp_path).split(), "--dry-run")
    assert done.status == 0, done.error
    assert done.out
    assert content() == before
    assert [*tmp_path.iterdir()] == []
