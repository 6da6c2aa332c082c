"""Set up and check the project. Needs Python 3.11 or newer and nothing else.

python3 dev.py demo [ARGS]    install what the product needs, then run `lms demo ARGS`
python3 dev.py install        install what the product needs, and the command .venv/bin/lms
python3 dev.py test [ARGS]    install what the tests need, then check and run every test;
                              ARGS go to pytest: --long, -x; naming tests (a file, -k) runs
                              those alone, without the checks
python3 dev.py check          the checks alone: style, types, dependencies
python3 dev.py lock [ARGS]    pin what pyproject.toml asks for (needs uv); --upgrade renews
                              pins that would still do
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

if sys.version_info < (3, 11):
    # So that older versions get this far, this file's syntax stays with Python 3.6.
    sys.exit("Python 3.11 or newer is needed; this is {}.{}.".format(*sys.version_info[:2]))

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# Each is run as a module: a script breaks when the folder that .venv is in moves.
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy", "--strict", "lms", "config.py", "wsgi.py", "dev.py", "tests/support", "benchmarks"),
    ("deptry", "."),
)

_PIN = re.compile(r"([a-z0-9._-]+)==[a-z0-9.+!]+( ; [^:/@]+)? \\")
_HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")


def main(arguments: list[str]) -> int:
    """Do what the command line asks; returns the exit status."""
    command, rest = (arguments or ["help"])[0], arguments[1:]
    if command == "demo":
        install("requirements.txt")
        return hand_over("lms.cli", "demo", *rest)
    if command == "install":
        install("requirements.txt")
        print(f"The command is {write_command()}")
        return 0
    if command == "test":
        install("requirements-dev.txt")
        return run_tests(rest)
    if command == "check":
        install("requirements-dev.txt")
        check()
        return 0
    if command == "lock":
        lock(rest)
        return 0
    print(__doc__)
    return 0 if command in ("help", "-h", "--help") else 2


def install(requirements: str) -> None:
    """Bring .venv to what a requirements file pins; at once when it is there already."""
    pinned = (ROOT / requirements).read_text(encoding="utf-8")
    python = "{}.{}".format(*sys.version_info[:2])
    want = hashlib.sha256(f"{python}\n{pinned}".encode()).hexdigest()
    stamp = VENV / f"{requirements}.installed"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == want:
        return

    started = time.monotonic()
    make_environment()
    print(f"Installing {count_pins(pinned)} packages, once...", flush=True)
    options = ["--require-hashes", "--only-binary", ":all:", "--disable-pip-version-check"]
    # Twice quiet leaves errors only: pip has much to say about places it need not look at.
    installing = run("pip", "install", "-qq", *options, "-r", requirements)
    if installing != 0:
        sys.exit(f"FAILED: the packages of {requirements} could not be installed, see above.")
    stamp.write_text(want)
    print(f"Installed in {time.monotonic() - started:.0f} s.", flush=True)


def make_environment() -> None:
    """Make .venv, unless a usable one of this Python's version is there."""
    probe = "import pip, sys; print(sys.prefix, *sys.version_info[:2], sep='\\n')"
    if PYTHON.exists():
        answer = subprocess.run(
            [PYTHON, "-c", probe], env=environment(), stdout=subprocess.PIPE, text=True, check=False
        )
        if answer.stdout.splitlines() == [str(VENV), *map(str, sys.version_info[:2])]:
            return
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        sys.exit(f"This Python can't make virtual environments: install {package} (Debian).")
    print("Making .venv...", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False).returncode:
        sys.exit("FAILED: .venv could not be made, see above.")


def write_command() -> Path:
    """Write `lms` into .venv: it finds the product wherever it is started and linked from."""
    command = PYTHON.with_name("lms")
    # -P: what lies in the folder where somebody stands is never taken for a part of the product.
    command.write_text(
        "#!/bin/sh\n"
        'here=$(dirname "$(readlink -f "$0")")\n'
        'PYTHONPATH="$here/../.." exec "$here/python" -P -m lms.cli "$@"\n'
    )
    command.chmod(0o755)
    return command


def check() -> None:
    """Run the checks in order; ends the program at the first that fails."""
    for words in CHECKS:
        line = " ".join(words)
        print(f"== {line}", flush=True)
        started = time.monotonic()
        status = run(*words)
        if status != 0:
            sys.exit(f"FAILED: {line} (status {status}). Nothing after it was run.")
        print(f"   passed in {time.monotonic() - started:.1f} s", flush=True)


def run_tests(options: list[str]) -> int:
    """Run the tests that are named, or the checks and then every test."""
    if names_tests(options):
        return hand_over("pytest", *options)
    check()
    # One more than there are cores: a test that waits for a server or a browser leaves one idle.
    several = ["-n", str((os.cpu_count() or 1) + 1), "--dist", "loadscope"]
    return hand_over("pytest", *several, "--no-loadscope-reorder", *options)


def lock(options: list[str]) -> None:
    """Write both requirement files: names, versions, markers and hashes, and no address."""
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("Locking needs uv on the PATH.")
    form = ["--universal", "--python-version", "3.11", "--generate-hashes"]
    plain = ["--no-header", "--no-annotate", "--quiet"]
    compiled = [uv, "pip", "compile", *form, *plain, *options, "pyproject.toml"]
    for requirements, more in (
        ("requirements.txt", []),
        ("requirements-dev.txt", ["--group", "dev", "-c", "requirements.txt"]),
    ):
        command = [*compiled, *more, "-o", requirements]
        if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode:
            sys.exit(f"FAILED: {requirements} could not be locked, see above.")
        pins = count_pins((ROOT / requirements).read_text())
        print(f"{requirements}: {pins} packages", flush=True)


def count_pins(requirements: str) -> int:
    """How many packages the text of a requirements file pins; stops at a line of another kind."""
    names = set()
    for number, line in enumerate(requirements.splitlines(), start=1):
        pin = _PIN.fullmatch(line)
        if pin:
            names.add(pin.group(1))
        elif not _HASH.fullmatch(line):
            sys.exit(f"FAILED: requirements line {number} is neither pin nor hash: {line}")
    return len(names)


def names_tests(arguments: list[str]) -> bool:
    """Whether pytest's arguments choose among the tests, as one does while working on one."""
    return any(
        argument.startswith(("-k", "--lf", "--last-failed"))
        or (not argument.startswith("-") and (ROOT / argument.split("::")[0]).exists())
        for argument in arguments
    )


def run(*words: str) -> int:
    """Run a module of the environment in the project's folder; returns its exit status."""
    return subprocess.run(
        [PYTHON, "-m", *words], cwd=ROOT, env=environment(), check=False
    ).returncode


def hand_over(*words: str) -> int:
    """Run a module in this process's place, so that signals reach it and nothing else."""
    sys.stdout.flush()
    if os.name == "nt":
        return run(*words)
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "-m", *words], environment())


def environment() -> dict[str, str]:
    """This process's environment, without what would mix another Python's packages in.

    Nor what keeps compiled modules from being kept: each of the tests' processes would compile
    every module anew.
    """
    strange = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_USER", "PIP_PREFIX"}
    strange |= {"PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in strange}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
