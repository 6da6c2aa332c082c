"""The production server, and the background worker."""

import os
import signal
import socket
import sys
import threading
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select

import config
from lms import database_file, revision, worker as background
from lms.app import create_app
from lms.audit import chain
from lms.audit.models import AuditEntry
from lms.db import db
from lms.storage import store
from lms.vault import keys


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="HOST:PORT to listen on.")
@click.option("--workers", default=2, show_default=True, help="Processes; four threads in each.")
@click.option("--dry-run", is_flag=True, help="Check everything; don't listen.")
def serve(bind: str, workers: int, dry_run: bool) -> None:
    """Serve, behind a proxy that ends TLS.

    Refuses to start half-configured, without the keys that its database was written with, or on
    a database of another migration.
    """
    app = create_app(config.production())
    with app.app_context():
        database_file.hold(db.engine)
        _check(dry_run)
    if dry_run:
        click.echo("Settings, keys, database and storage are in order.")
        return
    run(app, bind, workers)


def _check(dry_run: bool) -> None:
    revision.require_newest()
    _require_own_keys()
    if not store().takes_files():
        raise click.ClickException("LMS_STORAGE_URL names a folder that can't be written to.")
    if not dry_run:
        store().sweep()
    # Workers part from this process later: none may inherit a connection that another one uses.
    db.session.remove()
    db.engine.dispose()


def _require_own_keys() -> None:
    """Refuse to go on with another installation's keys: the audit chain would break for good."""
    last = db.session.scalar(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))
    if last is not None and last.hash != chain.hash_of(last, keys().sign):
        raise click.ClickException(
            "The keys in LMS_KEYS_DIR are not those that this database was written with, or its "
            "last audit entry was changed. Run: lms audit verify"
        )


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, and stop.")
@click.option("--dry-run", is_flag=True, help="Say how much is due; do none of it.")
@with_appcontext
def worker(once: bool, dry_run: bool) -> None:
    """Background work: mail, scripts and publishing.

    Runs until it is stopped, and ends what it has begun.
    """
    revision.require_newest()
    _require_own_keys()
    if dry_run:
        click.echo(f"{background.due()} due. Nothing was done.")
        return
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


def _require_free(bind: str) -> None:
    """Refuse an address that can't be had: gunicorn would try for a while, in words of its own."""
    host, _, port = bind.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host.strip("[]"), int(port)), family=family).close()
    except ValueError:
        raise click.ClickException(f"--bind takes HOST:PORT, not {bind}") from None
    except OSError as fault:
        reason = os.strerror(fault.errno) if fault.errno else fault.strerror
        raise click.ClickException(f"Nothing can listen at {bind}: {reason}") from None


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
    _require_free(bind)
    sys.argv = sys.argv[:1]  # gunicorn would read our own options
    Server(app, options).run()
