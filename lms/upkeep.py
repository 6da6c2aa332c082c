"""Keeping an installation: first start, migrations, files."""

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, exists, func, inspect, select

import config
from lms import backup_tables, database_file, revision, storage, vault
from lms.access.actor import SYSTEM, Role
from lms.accounts import operations as accounts
from lms.accounts.models import Account
from lms.accounts.rules import normal_address
from lms.app import create_app
from lms.audit.trail import Event, record
from lms.db import db as database, unit_of_work
from lms.errors import Conflict, RuleBroken

_INHABITED = "This installation has people in it already."


@click.command()
@click.option("--registrar", "registrars", multiple=True, help="Email address; give two.")
@click.option("--accreditor", "accreditors", multiple=True, help="Email address; give two.")
@click.option("--dry-run", is_flag=True, help="Check the settings and the addresses; do nothing.")
def init(registrars: tuple[str, ...], accreditors: tuple[str, ...], dry_run: bool) -> None:
    """First start of an empty installation: keys, database, two registrars, two accreditors.

    Prints a single-use link for each of the four. The links last 72 hours.
    """
    people = [(each, Role.REGISTRAR) for each in _two("registrar", registrars)]
    people += [(each, Role.ACCREDITOR) for each in _two("accreditor", accreditors)]
    if len({address for address, _ in people}) != len(people):
        raise click.ClickException("Four different people are needed: an address was given twice.")
    settings = config.production()
    # Before any key is made: new keys on old rows would break the audit chain for good.
    _refuse_people(settings.database_url)
    if dry_run:
        click.echo("Settings and addresses are in order. Nothing was done.")
        return
    for path in vault.Keys.make(settings.keys_dir):
        click.echo(f"made {path}: keep a copy in another place, apart from the backups")
    begin(create_app(settings), people, settings.base_url)


def begin(app: Flask, people: list[tuple[str, Role]], base_url: str) -> None:
    """Migrate an empty database and invite its first four people, printing their links."""
    with app.app_context():
        database_file.make(database.engine)
        upgrade()
        try:
            with unit_of_work():
                if database.session.scalar(select(func.count()).select_from(Account)):
                    raise click.ClickException(_INHABITED)
                links = [
                    (address, role, _invited(address, role, base_url)) for address, role in people
                ]
                record(SYSTEM, Event.INSTALLED, "-", people=len(people))
        except (RuleBroken, Conflict) as refusal:
            raise click.ClickException(refusal.sentence) from None
    for address, role, link in links:
        click.echo(f"{role} {address}: {link}")


@click.group()
def db() -> None:
    """Migrations of the database."""


@db.command("upgrade")
@click.option("--revision", "to", default="head", help="Where to go; the newest by default.")
@click.option("--dry-run", is_flag=True, help="Say where it is and would go; change nothing.")
@with_appcontext
def upgrade_(to: str, dry_run: bool) -> None:
    """Bring the database up to this version of the product. Make a backup first."""
    if dry_run:
        _would_go(to)
        return
    database_file.make(database.engine)
    upgrade(revision=to)
    click.echo(f"at migration {revision.present()}")


@db.command("downgrade")
@click.option("--revision", "to", default="-1", help="Where to go; one step back by default.")
@click.option("--dry-run", is_flag=True, help="Say where it is and would go; change nothing.")
@with_appcontext
def downgrade_(to: str, dry_run: bool) -> None:
    """Take the database a step back; what a later migration added is lost. Make a backup first."""
    if dry_run:
        _would_go(to)
        return
    downgrade(revision=to)
    click.echo(f"at migration {revision.present() or 'none'}")


@db.command("current")
@with_appcontext
def current_() -> None:
    """Say at which migration the database is; exit 1 when this version needs another."""
    click.echo(f"at migration {revision.present() or 'none'}")
    revision.require_newest()


@click.group()
def files() -> None:
    """Stored files."""


@files.command()
@with_appcontext
def verify() -> None:
    """Re-hash every file that was handed in; exit 1 and name those that are missing or changed."""
    keys = backup_tables.file_keys(database.session.connection())
    damaged = [key for key in sorted(keys) if not storage.store().intact(key)]
    for key in damaged:
        click.echo(f"missing or changed: {key}", err=True)
    if damaged:
        raise click.exceptions.Exit(1)
    click.echo(f"{len(keys)} files: intact")


def _would_go(to: str) -> None:
    click.echo(f"at migration {revision.present() or 'none'}, would go to {to}. Nothing was done.")


def _refuse_people(database_url: str) -> None:
    engine = create_engine(database_url)
    if database_file.is_missing(engine):
        return
    with engine.connect() as connection:
        there = inspect(connection).has_table(Account.__tablename__)
        inhabited = there and connection.scalar(select(exists(select(Account.id))))
    engine.dispose()
    if inhabited:
        raise click.ClickException(_INHABITED)


def _two(role: str, given: tuple[str, ...]) -> list[str]:
    found = list(given)
    while len(found) < 2:
        found.append(click.prompt(f"Email address of a {role}"))
    if len(found) > 2:
        raise click.ClickException(f"Give two {role}s; they invite the others.")
    return [_checked(each) for each in found]


def _checked(typed: str) -> str:
    try:
        return normal_address(typed)
    except RuleBroken as refusal:
        raise click.ClickException(f"{typed}: {refusal.sentence}") from None


def _invited(address: str, role: Role, base_url: str) -> str:
    account = accounts.open_account(address, address.partition("@")[0], actor=SYSTEM)
    accounts.grant_role(account, role, actor=SYSTEM)
    return accounts.invite(account, base_url, actor=SYSTEM)
