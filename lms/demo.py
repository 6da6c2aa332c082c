"""`lms demo`: the product with fictional people, on embedded SQLite below instance/."""

import os
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import make_server

import config
from lms import clock, demo_work, vault, worker
from lms.accreditation import queries as register
from lms.app import create_app
from lms.demo_people import DOMAIN, SIGN_INS, advocates
from lms.demo_story import Beginning, begin, first_year, office, open_intake, play, publish

_READY = "ready"


@click.command()
@click.option("--port", default=config.DEMO_PORT, show_default=True, help="Port to listen on.")
@click.option("--fresh", is_flag=True, help="Throw the present demonstration away, and begin anew.")
@click.option("--dry-run", is_flag=True, help="Check the settings; make and serve nothing.")
def demo(port: int, fresh: bool, dry_run: bool) -> None:
    """Serve a demonstration with fictional people. Refuses real settings."""
    settings = config.demo(port)
    if dry_run:
        click.echo("Settings are in order.")
        return
    with _listening(port) as listener:
        app = _made(settings, fresh)
        _serve(app, port, listener, settings.demo_password)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """The port, taken before anything is made or thrown away: another may be running there."""
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as fault:
        reason = os.strerror(fault.errno) if fault.errno else str(fault)
        raise click.ClickException(
            f"Port {port} can’t be had: {reason}. Give another: --port N"
        ) from None
    with listener:
        yield listener


def _made(settings: config.Settings, fresh: bool) -> Flask:
    """The demonstration as it was left, or a new one."""
    home = settings.keys_dir.parent
    if fresh or not (home / _READY).exists():
        shutil.rmtree(home, ignore_errors=True)
        return _make(settings, home)
    if (home / _READY).read_text(encoding="utf-8") != settings.demo_password:
        raise click.ClickException(
            "This demonstration was made with another LMS_DEMO_PASSWORD. Begin anew with --fresh."
        )
    app = create_app(settings)
    with app.app_context():
        upgrade()
    return app


def _make(settings: config.Settings, home: Path) -> Flask:
    click.echo("Making the demonstration; this takes less than a minute.")
    home.mkdir(parents=True)
    vault.Keys.make(settings.keys_dir)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        tell(settings, clock.today())
    (home / _READY).write_text(settings.demo_password, encoding="utf-8")
    return app


def tell(settings: config.Settings, today: date) -> None:
    """Three intakes relative to today: accredited, before the board, in its first term."""
    start, year = begin(settings, today), first_year(today)
    play(
        _accredited(start, year),
        _before_the_board(start, year, today),
        _first_term(start, year, today),
        office(start, today),
    )


def _accredited(start: Beginning, year: int) -> Iterator[datetime]:
    intake = yield from open_intake(start, 2, year - 2)
    due = _spread(date(year - 2, 10, 16), date(year - 1, 4, 30), start.modules)
    every = yield from demo_work.set_work(start, intake, date(year - 2, 9, 2), due)
    for assessment, day in zip(every, due, strict=True):
        yield from demo_work.hand_in(intake, assessment, day, range(24))
        yield from demo_work.mark(start, intake, assessment, day + timedelta(days=14))
    yield from demo_work.read_pages(intake, date(year - 1, 4, 7), dict.fromkeys(range(3), 99))
    meeting = yield from demo_work.convene(
        start, intake, date(year - 1, 6, 1), date(year - 1, 6, 25)
    )
    yield from demo_work.decide(start, meeting)
    yield from demo_work.accredit(start, intake, date(year - 1, 7, 14))
    yield from demo_work.check_people(start, intake, date(year, 5, 11))


def _before_the_board(start: Beginning, year: int, today: date) -> Iterator[datetime]:
    yield from publish(start, 1, date(year - 1, 4, 20))
    intake = yield from open_intake(start, 1, year - 1)
    first = date(year - 1, 9, 1)
    span = (today - first).days
    early, late = (first + timedelta(days=span * part // 100) for part in (15, 70))
    due = _spread(early, late, start.modules)
    every = yield from demo_work.set_work(start, intake, first + timedelta(days=1), due)
    for assessment, day in zip(every, due, strict=True):
        yield from demo_work.hand_in(intake, assessment, day, range(24))
        yield from demo_work.mark(start, intake, assessment, day + timedelta(days=14))
    read = dict.fromkeys(range(3), 99)
    yield from demo_work.read_pages(intake, today - timedelta(days=40), read)
    yield from demo_work.convene(
        start, intake, today - timedelta(days=3), today + timedelta(days=9)
    )


def _first_term(start: Beginning, year: int, today: date) -> Iterator[datetime]:
    """In its first weeks all is still to come; after them the first work is with its markers."""
    intake = yield from open_intake(start, 0, year)
    first = date(year, 9, 1)
    early = today < first + timedelta(days=21)
    ahead = [18 + 35 * number for number in range(start.modules)]
    due = [today + timedelta(days=days) for days in (ahead if early else [-5, *ahead[:-1]])]
    every = yield from demo_work.set_work(start, intake, date(year, 8, 24), due)
    far = 3 if early else 13  # the first module has ten pages
    read = {number: number * 5 % 9 if number else far for number in range(24)}
    yield from demo_work.read_pages(intake, max(first, today - timedelta(days=8)), read)
    if not early:
        yield from demo_work.hand_in(intake, every[0], due[0], range(22))
    moved_on = max(first, today - timedelta(days=3))
    yield from publish(start, 2, moved_on)
    yield from demo_work.move(start, intake, moved_on)
    if not early:
        yield from demo_work.begin_marking(start, intake, every[0], today - timedelta(days=3))


def _spread(first: date, last: date, count: int) -> list[date]:
    """So many deadlines, evenly from the first to the last."""
    return [first + (last - first) * number // (count - 1) for number in range(count)]


def _serve(app: Flask, port: int, listener: socket.socket, password: str) -> None:
    server = make_server("127.0.0.1", port, app, threaded=True, fd=listener.fileno())
    stop = threading.Event()
    helper = threading.Thread(target=worker.work_on, args=(app, stop), daemon=True)
    helper.start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _greet(app, port, password)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        helper.join(timeout=10)


def _greet(app: Flask, port: int, password: str) -> None:
    click.echo(f"\nhttp://127.0.0.1:{port}/\n\nPassword for everybody: {password}")
    for local, word in SIGN_INS:
        click.echo(f"  {f'{local}@{DOMAIN}':28} {word}")
    with app.app_context():
        somebody = advocates(2)[0]
        number = register.number_of_address(somebody.address)
        click.echo(f"\nTo try a check: {number}, born {somebody.born_on:%d %B %Y}")
    click.echo("\nAll people, organisations and marks are fictional. Ctrl-C stops it.")
