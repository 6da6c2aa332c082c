"""`lms demo`: the product with fictional people, on embedded SQLite below instance/."""

import shutil
import threading
from datetime import date, timedelta
from pathlib import Path

import click
from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import make_server

import config
from lms import clock, demo_work, vault, worker
from lms.accreditation import queries as register
from lms.app import create_app
from lms.demo_people import DOMAIN, STAFF, advocates
from lms.demo_story import Beginning, begin, first_year, open_intake

_READY = "ready"


@click.command()
@click.option("--port", default=config.DEMO_PORT, show_default=True, help="Port to listen on.")
@click.option("--fresh", is_flag=True, help="Throw the present demonstration away, and begin anew.")
@click.option("--dry-run", is_flag=True, help="Check the settings; make and serve nothing.")
def demo(port: int, fresh: bool, dry_run: bool) -> None:
    """Serve a demonstration with fictional people. Refuses real settings."""
    try:
        settings = config.demo(port)
    except config.HalfConfigured as fault:
        raise click.ClickException(str(fault)) from None
    if dry_run:
        click.echo("Settings are in order.")
        return
    home = settings.keys_dir.parent
    if fresh or not (home / _READY).exists():
        shutil.rmtree(home, ignore_errors=True)
        _make(settings, home)
    _serve(create_app(settings), port, settings.demo_password)


def _make(settings: config.Settings, home: Path) -> None:
    click.echo("Making the demonstration; this takes less than a minute.")
    home.mkdir(parents=True)
    vault.Keys.make(settings.keys_dir)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        tell(settings.content_dir, settings.demo_password, clock.today())
        worker.work_once()
    (home / _READY).touch()


def tell(content: Path, password: str, today: date) -> None:
    """Three intakes relative to today: accredited, before the board, in its first term."""
    year = first_year(today)
    start = begin(content, password, today)
    accredited = open_intake(start, 2, year - 2)
    both = demo_work.set_work(
        start, accredited, date(year - 2, 9, 2), [date(year - 2, 12, 11), date(year - 1, 3, 19)]
    )
    for assessment, due in zip(both, (date(year - 2, 12, 11), date(year - 1, 3, 19)), strict=True):
        demo_work.hand_in(accredited, assessment, due, range(24))
        demo_work.mark(start, accredited, assessment, due + timedelta(days=14))
    meeting = demo_work.convene(start, accredited, date(year - 1, 6, 1), date(year - 1, 6, 25))
    demo_work.decide(start, meeting)
    demo_work.accredit(start, accredited, date(year - 1, 7, 14))
    demo_work.check_somebody(start, accredited, date(year, 5, 11))
    _before_the_board(start, year, today)
    _first_term(start, year, today)


def _before_the_board(start: Beginning, year: int, today: date) -> None:
    intake = open_intake(start, 1, year - 1)
    span = (today - date(year - 1, 9, 1)).days
    due = [date(year - 1, 9, 1) + timedelta(days=span * part // 100) for part in (30, 70)]
    both = demo_work.set_work(start, intake, date(year - 1, 9, 2), due)
    for assessment, day in zip(both, due, strict=True):
        demo_work.hand_in(intake, assessment, day, range(24))
        demo_work.mark(start, intake, assessment, day + timedelta(days=14))
    demo_work.convene(start, intake, today - timedelta(days=3), today + timedelta(days=9))


def _first_term(start: Beginning, year: int, today: date) -> None:
    intake = open_intake(start, 0, year)
    due = [today + timedelta(days=18), today + timedelta(days=120)]
    set_on = max(date(year, 9, 1), today - timedelta(days=60))
    both = demo_work.set_work(start, intake, set_on, due)
    demo_work.read_pages(intake, max(date(year, 9, 1), today - timedelta(days=2)))
    demo_work.hand_in(intake, both[0], today - timedelta(days=1), range(1, 4))


def _serve(app: Flask, port: int, password: str) -> None:
    server = make_server("127.0.0.1", port, app, threaded=True)
    stop = threading.Event()
    helper = threading.Thread(target=worker.work_on, args=(app, stop), daemon=True)
    helper.start()
    _greet(app, port, password)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        helper.join(timeout=10)


def _greet(app: Flask, port: int, password: str) -> None:
    locals_ = ["advocate", "advocate2", *(local for local, _, _ in STAFF)]
    locals_ += ["coordinator", "coordinator2", "supervisor"]
    click.echo(f"\nhttp://127.0.0.1:{port}/\n\nPassword for everybody: {password}")
    for local in locals_:
        click.echo(f"  {local}@{DOMAIN}")
    with app.app_context():
        somebody = advocates(2)[0]
        number = register.number_of_address(somebody.address)
        click.echo(f"\nTo try a check: {number}, born {somebody.born_on:%d %B %Y}")
    click.echo("\nAll people, organisations and marks are fictional. Ctrl-C stops it.")
