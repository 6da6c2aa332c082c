"""Commands of `lms catalogue` for content that leaves this house, or comes from another."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from lms.catalogue.queries import version
from lms.exchange.views import FORMATS, copied


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
    raw = form.build(copied(version(ref).id, module, form))
    try:
        with out.open("xb") as file:
            file.write(raw)
    except OSError as failure:
        raise click.ClickException(f"{out} was not written: {failure.strerror}.") from None
    click.echo(f"Wrote {out}, {len(raw):,} bytes.")
