"""docs/operations.md says nothing that isn't so."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from lms.cli import lms
from tests.support.cache import ROOT

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SOURCES = "".join(
    path.read_text(encoding="utf-8") for path in [*(ROOT / "lms").rglob("*.py"), ROOT / "config.py"]
)


def commands() -> Iterator[list[str]]:
    """Every `lms …` of the document, taken apart."""
    shell = "\n".join(body for kind, body in BLOCKS if kind in {"sh", "ini"})
    shell = shell.replace("\\\n", " ")
    for line in re.findall(r"(?:^|[\s/])lms ([a-z][^\n;'>|&]*)", shell, re.MULTILINE):
        yield shlex.split(line, comments=True)
    for line in re.findall(r"`lms\s([a-z][^`]*)`", TEXT):
        yield line.split()


@pytest.mark.parametrize("words", [*commands()], ids=" ".join)
def test_every_command_of_the_document_is_understood(words: list[str]) -> None:
    command: click.Command = lms
    rest = list(words)
    while isinstance(command, click.Group) and rest:
        found = command.get_command(click.Context(command), rest.pop(0))
        assert found is not None, words
        command = found
    known = {name for each in command.params for name in each.opts} | {"--help"}
    assert {word for word in rest if word.startswith("--")} <= known


def test_the_document_has_every_command_that_keeps_an_installation() -> None:
    said = {" ".join(words) for words in commands()}
    for command in (
        "init", "serve", "worker", "db upgrade", "db downgrade", "audit verify", "audit head",
        "files verify", "backup create", "backup verify", "backup restore",
    ):  # fmt: skip
        assert any(each.startswith(command) for each in said), command


def test_every_setting_and_every_file_of_the_document_is_there() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name in set(re.findall(r"LMS_[A-Z_]+", TEXT)):
        assert f"{name}=" in example, name
    for link in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / "docs" / link).exists(), link


def test_every_anchor_of_the_document_leads_somewhere() -> None:
    titles = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors


def test_every_message_of_the_document_is_one_that_the_product_has() -> None:
    table = TEXT.split("## When it says no")[1]
    messages = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)[2:]
    found = [each for row in messages for each in re.findall(r"`([^`]+)`", row)]
    assert len(found) > 12
    plain = re.sub(r'"\s*\n\s*f?"', "", SOURCES)  # sentences that go over several lines
    for message in found:
        for part in (each.strip(" .") for each in message.split("…")):
            assert part in plain or part == "LMS_", message


def test_the_services_leave_time_for_requests_to_finish() -> None:
    units = [body for kind, body in BLOCKS if kind == "ini"]
    assert len(units) == 2
    for unit in units:
        (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
        assert int(seconds) > 30
        assert "EnvironmentFile=/etc/alongside/env" in unit


def test_a_proxy_lets_through_what_may_be_uploaded() -> None:
    (nginx,) = [body for kind, body in BLOCKS if kind == "nginx"]
    (caddy,) = [body for kind, body in BLOCKS if kind == "caddyfile"]
    assert "client_max_body_size 25m" in nginx
    assert "max_size 25MB" in caddy
    assert "24 << 20" in Path(ROOT / "config.py").read_text(encoding="utf-8")
