"""A server that tests start as a process of its own."""

import json
import os
import sys
import urllib.request
from http.client import RemoteDisconnected

import pytest

from tests.support import server

# Answers every GET with its own environment; what it does on TERM is the test's business.
SERVER = """
import http.server, json, os, signal, sys
os.environ["PROCESS"] = str(os.getpid())
signal.signal(signal.SIGTERM, {on_term})
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/end": os._exit(7)
        self.send_response(200); self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())
print("listening on", sys.argv[1])
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def a_server(on_term: str = "lambda *_: sys.exit(0)") -> list[str]:
    return [sys.executable, "-c", SERVER.format(on_term=on_term), "{port}"]


def get(address: str) -> bytes:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address) as answer:
        content: bytes = answer.read()
    return content


def test_a_server_gets_its_settings_and_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_SECRET_KEY", "the developer's own")
    settings = {"LMS_BASE_URL": "http://127.0.0.1:{port}"}
    with server.serving(settings, command=a_server()) as address:
        seen = json.loads(get(f"{address}/"))
    assert seen["LMS_BASE_URL"] == address
    assert "LMS_SECRET_KEY" not in seen


def test_a_server_has_ended_when_the_block_has() -> None:
    with server.serving({}, command=a_server()) as address:
        get(f"{address}/")
    with pytest.raises(OSError, match="refused"):
        get(f"{address}/")


def test_a_server_that_cannot_start_shows_its_log() -> None:
    failing = [sys.executable, "-c", "raise SystemExit('no key was set')"]
    with (
        pytest.raises(RuntimeError, match="did not start: status 1") as caught,
        server.serving({}, command=failing),
    ):
        pass
    assert any("no key was set" in note for note in caught.value.__notes__)


def test_a_failing_test_shows_the_servers_log() -> None:
    with (
        pytest.raises(ZeroDivisionError) as caught,
        server.serving({}, command=a_server()),
    ):
        raise ZeroDivisionError
    assert any("listening on" in note for note in caught.value.__notes__)


def test_a_server_that_ended_by_itself_is_an_error() -> None:
    def let_it_end() -> None:
        with server.serving({}, command=a_server()) as address:
            process = int(json.loads(get(f"{address}/"))["PROCESS"])
            with pytest.raises(RemoteDisconnected):
                get(f"{address}/end")
            # The connection closes a moment before the process has ended.
            os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)

    with pytest.raises(RuntimeError, match="ended by itself, status 7"):
        let_it_end()


def test_a_server_that_ignores_term_is_killed_and_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "_STOPS_WITHIN", 0.5)
    with (
        pytest.raises(RuntimeError, match="ignored TERM"),
        server.serving({}, command=a_server(on_term="signal.SIG_IGN")) as address,
    ):
        get(f"{address}/")
    with pytest.raises(OSError, match="refused"):
        get(f"{address}/")
