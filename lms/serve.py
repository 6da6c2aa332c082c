"""The production server, and the background worker."""

import signal
import sys
import threading
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

import config
from lms import revision, worker as background
from lms.app import create_app
from lms.db import db
from lms.storage import store
from lms.vault import KeyMissing


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="HOST:PORT to listen on.")
@click.option("--workers", default=2, show_default=True, help="Processes; four threads in each.")
@click.option("--dry-run", is_flag=True, help="Check everything; don't listen.")
def serve(bind: str, workers: int, dry_run: bool) -> None:
    """Serve, behind a proxy that ends TLS.

    Refuses to start half-configured, without its keys, or on a database of another migration.
    """
    try:
        app = create_app(config.production())
    except (config.HalfConfigured, KeyMissing) as fault:
        raise click.ClickException(str(fault)) from None
    with app.app_context():
        _check(dry_run)
    if dry_run:
        click.echo("Settings, keys, database and storage are in order.")
        return
    run(app, bind, workers)


def _check(dry_run: bool) -> None:
    revision.require_newest()
    if not store().takes_files():
        raise click.ClickException("LMS_STORAGE_URL names a folder that can't be written to.")
    if not dry_run:
        store().sweep()
    # Workers part from this process later: none may inherit a connection that another one uses.
    db.session.remove()
    db.engine.dispose()


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, and stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Background work: mail and scripts. Runs until it is stopped, and ends what it has begun."""
    revision.require_newest()
    if once:
        click.echo(f"{background.work_once()} done")
        return
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    background.work_on(app, stop)


if sys.platform != "win32":
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc] # the library has no types
        """gunicorn with our application, loaded once before the workers part."""

        def __init__(self, app: Flask, options: dict[str, Any]) -> None:
            self._app = app
            self._options = options
            super().__init__()

        def load_config(self) -> None:
            """Called by the library."""
            for name, value in self._options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            """Called by the library."""
            return self._app


def run(app: Flask, bind: str, workers: int) -> None:
    """Serve until stopped; work under way may finish for 30 seconds."""
    options = {
        "bind": bind,
        "workers": workers,
        "threads": 4,
        "worker_class": "gthread",
        "graceful_timeout": 30,
        "timeout": 60,
        "preload_app": True,
        "control_socket_disable": True,
        # Whom to believe about the visitor is LMS_TRUSTED_PROXIES' to say, and the application
        # reads it; left to itself, gunicorn believes whoever connects from this machine.
        "forwarded_allow_ips": "",
        "accesslog": None,
        "errorlog": "-",
        "proc_name": "lms",
    }
    if sys.platform == "win32":
        raise click.ClickException("The production server runs on Linux and macOS.")
    sys.argv = sys.argv[:1]  # gunicorn would read our own options
    Server(app, options).run()
