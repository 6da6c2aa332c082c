"""Compare the product with the limit app: G1, G2, G5 and G7 as ratios in one run.

python benchmarks/compare.py [--rounds N] [--seconds N]
"""

import argparse
import http.cookiejar
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask_migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import config  # noqa: E402 - the product is found above
from lms import clock, demo, vault, worker  # noqa: E402
from lms.app import create_app  # noqa: E402
from lms.catalogue.models import PageText, Rendered  # noqa: E402
from lms.db import db  # noqa: E402
from lms.demo_people import advocates  # noqa: E402

PEOPLE = 20
ESSAY = "# Analysis\n\n" + "\n\n".join(
    f"Paragraph {n}: " + "what was said, by whom, and what follows from it. " * 12
    for n in range(25)
)


@dataclass(frozen=True)
class Target:
    """One kind of request on one of the two servers, sent by several people in turn."""

    url: str
    cookies: list[str]
    body: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Round:
    """What one round of load showed."""

    per_second: float
    cpu_ms: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=4)
    given = arguments.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is needed: apt install wrk")
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        ours, theirs = _prepare(home)
        product, started = stack.enter_context(_serving(ours, home / "product.log"))
        limit, _ = stack.enter_context(_serving(theirs, home / "limit.log"))
        pairs = _targets(product.url, limit.url)
        for name, (mine, least) in pairs.items():
            _compare(name, (product, mine), (limit, least), given.rounds, given.seconds, home)
        _memory(product, limit, started)


@dataclass(frozen=True)
class Server:
    """A server under way."""

    url: str
    pid: int


def _prepare(home: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Data for both: the demonstration's people, and as many rows for the limit app."""
    keys = home / "keys"
    vault.Keys.make(keys)
    settings = config.Settings(
        mode=config.Mode.DEMO,
        database_url=f"sqlite:///{home / 'product.sqlite'}",
        secret_key="benchmark only, benchmark only, 1",
        storage_url=(home / "files").as_uri(),
        mail_url=(home / "mail").as_uri(),
        mail_from="bench@example.org",
        base_url="http://127.0.0.1",
        keys_dir=keys,
    )
    app = create_app(settings)
    with app.app_context():
        upgrade()
        demo.tell(settings, clock.today())
        worker.work_once()
        html = (
            db.session.scalars(
                db.select(Rendered.html)
                .join(PageText, PageText.html_key == Rendered.sha256)
                .order_by(PageText.page_id)
            ).first()
            or ""
        )
        db.session.remove()
        db.engine.dispose()
    (home / "page.html").write_text(html, encoding="utf-8")
    environment = {**os.environ, "LIMITS_HOME": str(home), "PYTHONPATH": str(ROOT)}
    limits = [sys.executable, str(ROOT / "benchmarks" / "limits.py")]
    subprocess.run(limits, env=environment, check=True)
    return (
        {**environment, "BENCH_HOME": str(home), "BENCH_APP": "benchmarks.product:app"},
        {**environment, "BENCH_APP": "benchmarks.limits:app"},
    )


@contextmanager
def _serving(environment: dict[str, str], log: Path) -> Iterator[tuple[Server, float]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--preload"),
        *("--workers", "2", "--threads", "4", "--no-control-socket", environment["BENCH_APP"]),
    ]
    with log.open("wb") as out:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, process, log)
            yield Server(url, process.pid), time.monotonic() - began
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/health/live", timeout=2).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
        else:
            return
    sys.exit(log.read_text(encoding="utf-8")[-2000:])


def _targets(product: str, limit: str) -> dict[str, tuple[Target, Target]]:
    ours = [_signed_in(product, person.address) for person in advocates(0)[4 : 4 + PEOPLE]]
    theirs = [_entered(limit, who) for who in range(1, PEOPLE + 1)]
    mine, least = [cookie for cookie, _ in ours], theirs
    tokens = dict(ours)
    page = re.search(r'href="(/learn/[^"]+/[^"]+)"', _get(product, "/", mine[0]))
    works = re.findall(r'href="(/assessments/ASM[^"/]+)', _get(product, "/assessments/", mine[0]))
    if page is None or not works:
        sys.exit("the front page names no page to read or work to hand in")

    def hand_in(cookie: str) -> str:
        sent = {"csrf_token": tokens[cookie], "text": ESSAY, "own_work": "y", "fit": "y"}
        return urllib.parse.urlencode(sent) + "&token="

    return {
        "G1": (Target(product + page[1], mine), Target(f"{limit}/page", least)),
        "G2": (Target(f"{product}/", mine), Target(f"{limit}/dash", least)),
        "G5": (
            # The last is due last, and still open.
            Target(f"{product}{works[-1]}/submit", mine, hand_in),
            Target(
                f"{limit}/submit",
                least,
                lambda _: urllib.parse.urlencode({"text": ESSAY}) + "&token=",
            ),
        ),
    }


def _compare(
    name: str,
    ours: tuple[Server, Target],
    theirs: tuple[Server, Target],
    rounds: int,
    seconds: int,
    home: Path,
) -> None:
    pairs = [(_round(*ours, seconds, home), _round(*theirs, seconds, home)) for _ in range(rounds)]
    speed = sorted(mine.per_second / least.per_second for mine, least in pairs)
    cpu = sorted(mine.cpu_ms / least.cpu_ms for mine, least in pairs)
    mine, least = pairs[-1]
    print(
        f"{name}: req/s ratio {speed[0]:.2f} {statistics.median(speed):.2f} {speed[-1]:.2f}; "
        f"CPU ratio {cpu[0]:.2f} {statistics.median(cpu):.2f} {cpu[-1]:.2f}  "
        f"(last round: {mine.per_second:.0f} and {least.per_second:.0f} req/s, "
        f"{mine.cpu_ms:.2f} and {least.cpu_ms:.2f} ms CPU)"
    )


def _round(server: Server, target: Target, seconds: int, home: Path) -> Round:
    script = home / "load.lua"
    script.write_text(_lua(target), encoding="utf-8")
    before = _cpu_seconds(server.pid)
    command = ["wrk", "-t1", "-c4", f"-d{seconds}s", "-s", str(script), target.url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    requests = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    if "Non-2xx" in said:
        sys.exit(f"{target.url} refused some requests:\n{said}")
    spent = _cpu_seconds(server.pid) - before
    return Round(
        float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),  # type: ignore[index]
        1000 * spent / requests,
    )


def _lua(target: Target) -> str:
    """Requests of several people in turn; each handing-in with a token of its own."""
    rows = []
    for cookie in target.cookies:
        body = target.body(cookie) if target.body else ""
        rows.append(f"{{{_quoted(cookie)}, {_quoted(body)}}}")
    method = "POST" if target.body else "GET"
    return f"""
local people = {{{", ".join(rows)}}}
local n = 0
math.randomseed(os.time())
local run = tostring(math.random(1, 1e9))
request = function()
  n = n + 1
  local who = people[n % #people + 1]
  local headers = {{["Cookie"] = who[1], ["Content-Type"] = "application/x-www-form-urlencoded"}}
  local body = nil
  if "{method}" == "POST" then body = who[2] .. run .. "-" .. n end
  return wrk.format("{method}", nil, headers, body)
end
"""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _signed_in(url: str, address: str) -> tuple[str, str]:
    """The cookie of somebody signed in, and a token against forgery."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{url}/sign-in").read().decode()
    sent = {"csrf_token": _token(page), "email": address, "password": config.DEMO_PASSWORD}
    home = opener.open(f"{url}/sign-in", urllib.parse.urlencode(sent).encode()).read().decode()
    return "; ".join(f"{c.name}={c.value}" for c in jar), _token(home)


def _entered(url: str, who: int) -> str:
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.open(f"{url}/enter/{who}").read()
    return "; ".join(f"{c.name}={c.value}" for c in jar)


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        sys.exit("a page without a form")
    return found[1]


def _get(url: str, path: str, cookie: str) -> str:
    asked = urllib.request.Request(url + path, headers={"Cookie": cookie})
    with urllib.request.urlopen(asked) as answer:
        return str(answer.read().decode())


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _cpu_seconds(pid: int) -> float:
    ticks = 0
    for each in _family(pid):
        fields = Path(f"/proc/{each}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(product: Server, limit: Server, started: float) -> None:
    sizes = {}
    for name, server in (("product", product), ("limit", limit)):
        workers = _family(server.pid)[1:]
        pss = [
            int(re.search(r"^Pss:\s+(\d+)", _rollup(each), re.M)[1])  # type: ignore[index]
            for each in workers
        ]
        sizes[name] = max(pss) / 1024
    ratio = sizes["product"] / sizes["limit"]
    print(
        f"G7: warm worker {sizes['product']:.0f} MiB PSS, limit {sizes['limit']:.0f} MiB, "
        f"ratio {ratio:.2f}; start to first answer {started:.2f} s"
    )


def _rollup(pid: int) -> str:
    return Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")


if __name__ == "__main__":
    main()
