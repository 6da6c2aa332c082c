"""Commands of `lms catalogue` for content that leaves this house, or comes from another."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from config import content_dir
from lms.catalogue.queries import version
from lms.errors import NotFound
from lms.exchange.views import FORMATS, copied
from lms.foreign.importing import imported, write

_NAME = re.compile(r"\d{2}-[a-z0-9]+(?:-[a-z0-9]+)*")


@click.command()
@click.argument("ref", metavar="VERSION")
@click.argument("module")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "kind",
    type=click.Choice(list(FORMATS)),
    default="html",
    show_default=True,
    help="cartridge holds the answers of its questions: it is for staff.",
)
@with_appcontext
def export(ref: str, module: str, out: Path, kind: str) -> None:
    """Write a published module to a file that isn't there yet."""
    form = FORMATS[kind]
    try:
        copy = copied(version(ref).id, module, form)
    except NotFound:
        raise click.ClickException(f"There is no module “{module}” in a version {ref}.") from None
    try:
        with out.open("xb") as file, _undone(out):
            form.write(copy, file)
    except OSError as failure:
        raise click.ClickException(f"{out} was not written: {failure.strerror}.") from None
    click.echo(f"Wrote {out}, {out.stat().st_size:,} bytes.")


@contextmanager
def _undone(out: Path) -> Iterator[None]:
    """Half a copy is none: it goes again when the rest can't be written."""
    try:
        yield
    except BaseException:
        out.unlink()
        raise


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--as", "name", required=True, metavar="NN-NAME", help="The module’s folder.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="The content folder; by default the one of this installation.",
)
@click.option("--dry-run", is_flag=True, help="Report only; write nothing.")
def take_in(folder: Path, name: str, into: Path | None, dry_run: bool) -> None:
    """Take Markdown of another origin over into a module that isn't there yet.

    Prints what was not understood, line by line, and what became of it. What only people can say
    stands as UNKNOWN in what is written: `lms catalogue check` finds it once programme.yml names
    the module.
    """
    if not _NAME.fullmatch(name):
        raise click.BadParameter(
            "a module’s folder is named like 03-first-things", param_hint="--as"
        )
    found = imported(folder, name[3:].replace("-", " ").capitalize())
    for each in found.report:
        click.echo(str(each))
    pages = sum(each.endswith(".md") for each in found.files)
    counted = (
        f"{pages} pages, {len(found.files) - pages - 1} pictures, {len(found.report)} findings"
    )
    if dry_run:
        click.echo(f"Nothing was written: {counted}.")
        return
    target = (into or content_dir()) / "modules" / name
    write(found.files, target)
    click.echo(f"Wrote {target}: {counted}. Name it in programme.yml, then check it.")
