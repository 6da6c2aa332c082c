"""The set-up command: what can be said of it without setting anything up."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from tests import conftest


def test_an_older_python_gets_as_far_as_the_message() -> None:
    tree = ast.parse(Path(dev.__file__).read_text(), feature_version=(3, 6))
    kinds = [type(statement) for statement in tree.body]
    assert kinds.index(ast.If) < kinds.index(ast.FunctionDef)


@pytest.mark.parametrize("requirements", ["requirements.txt", "requirements-dev.txt"])
def test_requirement_files_hold_pins_and_hashes_alone(requirements: str) -> None:
    lines = (dev.ROOT / requirements).read_text()
    assert dev.count_pins(lines) > 40


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://packages.example/simple",
        "flask @ https://packages.example/flask.whl \\",
        "flask>=3 \\",
        "flask==3.1.3",
        "    --hash=md5:00",
    ],
)
def test_a_requirement_line_of_another_kind_is_refused(line: str) -> None:
    with pytest.raises(SystemExit, match="requirements line 1 is neither pin nor hash"):
        dev.count_pins(line)


def test_one_package_pinned_for_two_pythons_counts_once() -> None:
    assert dev.count_pins("a==1 ; python_full_version < '3.12' \\\na==2 \\\n") == 1


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        ([], False),
        (["--long"], False),
        (["-x", "--maxfail", "1"], False),
        (["-k", "late"], True),
        (["tests/test_dev.py"], True),
        (["-x", "tests/test_dev.py::test_an_older_python_gets_as_far_as_the_message"], True),
    ],
)
def test_checks_are_left_out_only_when_tests_are_named(arguments: list[str], chosen: bool) -> None:
    assert dev.names_tests(arguments) is chosen


def test_the_first_failing_check_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(dev, "CHECKS", (("this",), ("no_such_module", "."), ("antigravity",)))
    with pytest.raises(SystemExit, match=r"FAILED: no_such_module \. \(status 1\)"):
        dev.check()
    output = capfd.readouterr().out
    assert "== this\n" in output
    assert "antigravity" not in output


def test_a_python_without_venv_is_told_the_debian_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(dev, "PYTHON", tmp_path / "missing")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"^[^\n]*install python3\.\d+-venv \(Debian\)\.$"):
        dev.make_environment()


def test_help_is_shown_from_any_folder_and_an_unknown_command_fails(tmp_path: Path) -> None:
    for words, status in (([], 0), (["help"], 0), (["tset"], 2)):
        done = subprocess.run(
            [sys.executable, dev.__file__, *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "python3 dev.py demo" in done.stdout) == (status, True)


def test_the_command_that_is_installed_finds_its_product_through_a_link_and_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binaries = tmp_path / "product" / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").write_text('#!/bin/sh\necho "$PYTHONPATH" "$@"\n')
    (binaries / "python").chmod(0o755)
    monkeypatch.setattr(dev, "PYTHON", binaries / "python")
    command = dev.write_command()
    assert command == binaries / "lms"
    linked = tmp_path / "lms"
    linked.symlink_to(command)
    for start in (command, linked):
        done = subprocess.run(
            [start, "db", "current"], cwd="/", capture_output=True, text=True, check=True
        )
        path, *words = done.stdout.split()
        assert Path(path).resolve() == tmp_path / "product"
        assert words == ["-P", "-m", "lms.cli", "db", "current"]


def test_an_environment_is_made_once_and_again_when_the_pins_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pins = tmp_path / "requirements.txt"
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(dev, "make_environment", lambda: None)
    monkeypatch.setattr(dev, "run", lambda *words: asked.append(words) or 0)
    pins.write_text("a==1 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    for _ in range(2):
        dev.install("requirements.txt")
    assert len(asked) == 1
    assert "--require-hashes" in asked[0]
    pins.write_text("a==2 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    dev.install("requirements.txt")
    assert len(asked) == 2
    assert capfd.readouterr().out.count("Installing 1 packages, once...") == 2


def test_a_failed_installation_says_so_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev, "make_environment", lambda: None)
    monkeypatch.setattr(dev, "run", lambda *words: 1)
    (tmp_path / "requirements.txt").write_text("a==1\n".replace("\n", " \\\n"))
    for _ in range(2):
        with pytest.raises(SystemExit, match="could not be installed, see above"):
            dev.install("requirements.txt")


def test_programs_that_are_started_get_no_other_pythons_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_USER", "PIP_PREFIX"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("LMS_CONTACT", "Ring 020")
    given = dev.environment()
    assert "/elsewhere" not in given.values()
    assert given["LMS_CONTACT"] == "Ring 020"


def test_a_file_s_tests_on_one_database_stay_in_one_process() -> None:
    place = conftest.ByFileAndDatabase._split_scope
    first = place(None, "tests/a/test_x.py::test_one[sqlite-3]")
    assert first == place(None, "tests/a/test_x.py::test_two[4-sqlite]")
    others = ("x.py::test_one[postgresql-3]", "x.py::test_three", "y.py::test_one[sqlite-3]")
    assert len({first, *(place(None, f"tests/a/test_{each}") for each in others)}) == 4
