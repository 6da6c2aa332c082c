"""The product as a process of its own, spoken to over HTTP as people do."""

import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path

from tests.support.cache import ROOT

_ALIVE = "/health/live"
# Seconds. A production server lets running requests finish, and one that is told to stop while a
# worker is being started gives that worker its whole time, `graceful_timeout`.
_STOPS_WITHIN = 45.0
_TAIL = 60  # lines of the log that go with a failure
# A developer's own LMS_ settings must not reach the server under test.
_INHERITED = ("PATH", "HOME", "TMPDIR", "LANG", "COVERAGE_PROCESS_START")


@contextmanager
def serving(
    environment: Mapping[str, str],
    *,
    command: Sequence[str],
    patience: float = 60.0,
    port: int | None = None,
) -> Iterator[str]:
    """Run a server for the length of the block; yields its base address, without a slash.

    environment  all its settings; of this process's own only PATH, HOME and the like go along
    command      program and arguments, run in the project's folder
    patience     seconds until /health/live has to answer 200
    port         the port to use, where it has to be known beforehand; a free one without it

    "{port}" in a setting or an argument becomes that port. The server is asked to stop with
    TERM; one that died meanwhile, or doesn't stop, is an error. Any error that leaves the block
    carries the end of the server's log as a note.
    """
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="lms-server-") as folder:
        log = Path(folder) / "log"
        try:
            with _running(environment, command, port, log) as process:
                _await_answer(process, port, patience)
                yield f"http://127.0.0.1:{port}"
                if process.poll() is not None:
                    raise RuntimeError(f"The server ended by itself, status {process.returncode}.")
        except Exception as error:
            error.add_note(f"The server's log ends:\n{_tail(log)}")
            raise


@contextmanager
def _running(
    environment: Mapping[str, str], command: Sequence[str], port: int, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    settings = {name: value.replace("{port}", str(port)) for name, value in environment.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [word.replace("{port}", str(port)) for word in command],
            cwd=ROOT,
            env={**inherited, "PYTHONUNBUFFERED": "1", **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that its workers can be ended with it
        )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOPS_WITHIN)
    except subprocess.TimeoutExpired as late:
        raise RuntimeError(f"The server ignored TERM for {_STOPS_WITHIN:.0f} s.") from late
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _await_answer(process: subprocess.Popen[bytes], port: int, patience: float) -> None:
    until = time.monotonic() + patience
    while not _answers(port):
        if process.poll() is not None:
            raise RuntimeError(f"The server did not start: status {process.returncode}.")
        if time.monotonic() > until:
            raise RuntimeError(f"The server did not answer {_ALIVE} within {patience:.0f} s.")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", _ALIVE)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port on which nobody listens at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-_TAIL:]) or "(nothing was written)"
