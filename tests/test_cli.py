"""The `lms` command: what it offers, and how it refuses."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import config
import dev
from lms.app import create_app
from lms.cli import lms
from tests.support.installation import Installation, installation
from tests.support.server import free_port

# CONTRACT's commands, and whether each changes something.
COMMANDS = {
    "demo": True,
    "serve": True,
    "db upgrade": True,
    "db downgrade": True,
    "db current": False,
    "init": True,
    "catalogue check": False,
    "catalogue publish": True,
    "roster import": True,
    "worker": True,
    "audit verify": False,
    "audit head": False,
    "files verify": False,
    "backup create": True,
    "backup verify": False,
    "backup restore": True,
    "board ratify": True,
}
# Those that need an installation, with what they are called with.
CALLS = {
    "serve": [],
    "db upgrade": [],
    "db downgrade": [],
    "db current": [],
    "init": "--registrar a@x.org --registrar b@x.org --accreditor c@x.org --accreditor d@x.org",
    "catalogue publish": [],
    "roster import": "pyproject.toml --intake 2026",
    "worker": "--once",
    "audit verify": [],
    "audit head": [],
    "files verify": [],
    "backup create": "never.backup",
    "backup verify": "pyproject.toml",
    "backup restore": "pyproject.toml",
    "board ratify": "BRD-0000 --as chair@example.org",
}


def leaves(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from leaves(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def words_of(name: str) -> list[str]:
    given = CALLS[name]
    return [*name.split(), *(given.split() if isinstance(given, str) else given)]


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    """Settings of an installation of which nothing is made."""
    return installation(tmp_path)


NOTHING = Installation(Path("/nowhere"), {})


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("seal", "audit"):
        (folder / f"{name}.key").write_text("ab" * 32)
    return folder


def test_every_command_of_the_contract_is_there() -> None:
    assert set(COMMANDS) <= {name for name, _ in leaves(lms)}


@pytest.mark.parametrize(("name", "command"), [*leaves(lms)], ids=[n for n, _ in leaves(lms)])
def test_every_command_says_what_it_and_each_of_its_options_does(
    name: str, command: click.Command
) -> None:
    assert len(command.help or "") > 20
    for each in command.params:
        assert isinstance(each, click.Argument) or getattr(each, "help", ""), each.name
    done = NOTHING.here(*name.split(), "--help")
    assert done.status == 0
    assert "Usage: lms " in done.out


@pytest.mark.parametrize("name", [name for name, changes in COMMANDS.items() if changes])
def test_every_command_that_changes_something_can_be_tried_first(name: str) -> None:
    assert "dry_run" in {each.name for each in dict(leaves(lms))[name].params}


def test_the_help_lists_every_group_and_says_what_the_exit_codes_mean() -> None:
    done = NOTHING.here("--help")
    assert done.status == 0
    for name in COMMANDS:
        assert f"\n  {name.split()[0]} " in done.out
    assert "exit with 0" in done.out.replace("\n ", "")


@pytest.mark.parametrize(
    "words", [["nonsense"], ["db"], ["--debug", "db", "current"], ["-A", "x", "db", "current"]]
)
def test_what_is_not_understood_exits_with_2(words: list[str]) -> None:
    assert NOTHING.here(*words).status == 2


@pytest.mark.parametrize("name", sorted(CALLS))
def test_every_command_refuses_half_a_configuration_in_one_line(name: str) -> None:
    line = NOTHING.here(*words_of(name), LMS_SECRET_KEY="short").refusal
    assert "LMS_DATABASE_URL is not set" in line
    assert "LMS_SECRET_KEY is not 32 random characters" in line


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"init"}))
def test_every_command_refuses_in_one_line_without_the_keys(name: str, place: Installation) -> None:
    line = place.here(*words_of(name)).refusal
    assert str(place.home / "keys" / "seal.key") in line
    assert not (place.home / "lms.sqlite").exists()


@pytest.mark.parametrize(
    "name", sorted(set(CALLS) - {"init", "db upgrade", "backup verify", "backup restore"})
)
@pytest.mark.parametrize("there", [False, True])
def test_every_command_refuses_in_one_line_without_its_tables(
    name: str, there: bool, place: Installation, keys: Path
) -> None:
    if there:
        (place.home / "lms.sqlite").touch()
    answer = place.here(*words_of(name), LMS_KEYS_DIR=str(keys))
    if name in {"db current", "db downgrade"} and there:
        assert answer.status == 1
        return
    line = answer.refusal
    assert "database" in line
    assert (place.home / "lms.sqlite").exists() is there


def test_a_refusal_never_shows_the_address_of_the_database(keys: Path, place: Installation) -> None:
    away = f"postgresql://lms:hunter2@127.0.0.1:{free_port()}/lms"
    answer = place.here("audit", "verify", LMS_KEYS_DIR=str(keys), LMS_DATABASE_URL=away)
    line = answer.refusal
    assert "refused" in line
    assert "hunter2" not in line


def test_the_command_runs_from_any_folder_and_takes_nothing_from_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "config.py").write_text("raise SystemExit('a stranger')")
    linked = tmp_path / "lms"
    linked.symlink_to(dev.write_command())
    done = subprocess.run(
        [linked, "demo", "--dry-run"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Settings are in order.\n"


def test_no_variable_of_the_framework_turns_on_debugging(
    place: Installation, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    environment = {**place.environment, "LMS_KEYS_DIR": str(keys)}
    assert create_app(config.production(environment)).debug is False


@pytest.mark.parametrize(
    ("words", "meant"), [(["servee"], "serve"), (["catalogue", "chek"], "check")]
)
def test_who_mistypes_a_command_is_told_of_one_that_is_alike(words: list[str], meant: str) -> None:
    said = NOTHING.here(*words)
    assert said.status == 2
    assert f"No such command '{words[-1]}'." in said.error
    assert f"'{meant}'" in said.error.partition("Did you mean")[2]
