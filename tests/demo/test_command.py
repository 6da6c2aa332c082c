"""`lms demo` as it is started from the command line."""

import re
import shutil
import socket
import sys
from pathlib import Path

import pytest

import config
from tests.demo.conftest import Told
from tests.support.asking import ask
from tests.support.cache import ROOT
from tests.support.installation import Installation
from tests.support.server import serving

NOTHING = Installation(Path("/nowhere"), {})


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No command of these tests may find the developer's own demonstration."""
    monkeypatch.setattr(config, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["LMS_DATABASE_URL", "LMS_SECRET_KEY", "LMS_KEYS_DIR"])
def test_it_refuses_a_real_setting_and_makes_nothing(name: str, away: Path) -> None:
    said = NOTHING.here("demo", **{name: "something"}).refusal
    assert said == f"the demonstration does not start with {name} set"
    assert [*away.iterdir()] == []


def test_trying_it_makes_nothing(away: Path) -> None:
    assert NOTHING.here("demo", "--dry-run").out == "Settings are in order.\n"
    assert [*away.iterdir()] == []


def test_a_port_that_is_taken_is_named_before_anything_is_thrown_away(away: Path) -> None:
    (away / "instance").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = NOTHING.here("demo", "--fresh", "--port", str(port)).refusal
    assert said == f"Port {port} can’t be had: Address already in use. Give another: --port N"
    assert (away / "instance").exists()


def test_another_password_than_it_was_made_with_is_refused_and_not_printed(away: Path) -> None:
    (away / "instance").mkdir()
    (away / "instance" / "ready").write_text(config.DEMO_PASSWORD)
    said = NOTHING.here("demo", "--port", "0", LMS_DEMO_PASSWORD="another").refusal
    assert said == (
        "This demonstration was made with another LMS_DEMO_PASSWORD. Begin anew with --fresh."
    )


def test_started_again_it_serves_what_is_there_and_prints_who_signs_in_with_what(
    told: Told, tmp_path: Path
) -> None:
    copy = tmp_path / "product"
    for name in ("lms", "content", "migrations"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "config.py", copy / "config.py")
    shutil.copytree(told.home, copy / "instance")
    command = [sys.executable, "-P", "-m", "lms.cli", "demo", "--port", "{port}"]
    printed = tmp_path / "printed"
    with serving(
        {"PYTHONPATH": str(copy)},
        command=["sh", "-c", f'exec "$0" "$@" | tee {printed}', *command],
    ) as address:
        page = ask(address, "/")
        assert page.status == 200
        assert "Demonstration: all people" in page.text
    said = printed.read_text()
    assert f"\n{address}/\n" in said
    assert "Password for everybody: quiet-river-lantern-42\n" in said
    assert re.search(r"\n  chair@demo\.example +chair of the board\n", said)
    assert re.search(r"To try a check: AC-\d{4}-\d{4}-\w, born \d\d \w+ 19\d\d\n", said)


def test_settings_of_the_demonstration_are_refused_by_the_production_server(told: Told) -> None:
    settings = told.app.config["SETTINGS"]
    environment = {
        "LMS_DATABASE_URL": settings.database_url,
        "LMS_SECRET_KEY": settings.secret_key,
        "LMS_STORAGE_URL": settings.storage_url,
        "LMS_MAIL_URL": settings.mail_url,
        "LMS_MAIL_FROM": settings.mail_from,
        "LMS_BASE_URL": settings.base_url,
        "LMS_KEYS_DIR": str(settings.keys_dir),
    }
    said = Installation(told.home, environment).here("serve", "--dry-run").refusal
    assert said == "LMS_SECRET_KEY is that of the demonstration"
