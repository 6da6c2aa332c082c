"""`lms catalogue check` and `schema`: content from the command line."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from config import ROOT, content_dir
from lms import clock
from lms.checking import memory, schemas
from lms.checking.memory import Checked
from lms.checking.report import FORMATS, errors_in, report
from lms.content.tree import Folder

_CACHE = ROOT / "instance" / "cache"
_OFTEN = 50  # pages between one word of progress and the next
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("path", required=False, type=_FOLDER)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="For people, for programs, or for a host of code.",
)
@click.option("--strict", is_flag=True, help="Let warnings count as errors.")
@click.option("--progress", is_flag=True, help="Say how far it is, even to no terminal.")
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    default=_CACHE,
    help="A folder that remembers what was found until something changes.",
)
def check(path: Path | None, form: str, strict: bool, progress: bool, cache: Path) -> None:
    """Check authored content; print every finding; exit 1 if one is an error.

    A finding is `file:line: severity: message`, and files count from the content folder. As JSON
    or SARIF the same goes to programs and to hosts of code.
    """
    folder = path or content_dir()
    found = memory.check(folder, clock.today(), cache, shown(folder, progress=progress))
    said = report(found.findings, form, _from_here(folder))
    if said:
        click.echo(said)
    if form == "text":
        click.echo(_summary(found), err=errors_in(found.findings) > 0)
    if errors_in(found.findings) or (strict and found.findings):
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("path", required=False, type=_FOLDER)
def schema(path: Path | None) -> None:
    """Write the JSON Schema of each authored file into schemas/, for editors."""
    folder = (path or content_dir()) / "schemas"
    changed = schemas.write(folder)
    click.echo(f"Changed in {folder}: {', '.join(changed) or 'nothing'}.")


def _summary(found: Checked) -> str:
    errors = errors_in(found.findings)
    warnings = len(found.findings) - errors
    if errors:
        return f"To mend: {errors}. To look at: {warnings}."
    after = f"to look at: {warnings}" if warnings else "nothing to look at"
    return f"{found.modules} modules, {found.pages} pages: nothing to mend, {after}."


def _from_here(folder: Path) -> str:
    """The folder as one reaches it from here; its own name where it lies elsewhere."""
    whole = folder.resolve()
    return (
        whole.relative_to(Path.cwd()).as_posix() if whole.is_relative_to(Path.cwd()) else whole.name
    )


def shown(folder: Path, *, progress: bool = False) -> Callable[[str], None]:
    """What is told each page as it is read, and says how far it is.

    progress  whether it says so even where nobody sits at a terminal
    """
    return _progress(folder) if progress or sys.stderr.isatty() else _silent


def _silent(_name: str) -> None:
    """Say nothing."""


def _progress(folder: Path) -> Callable[[str], None]:
    whole = sum(name.endswith(".md") for name in Folder(folder).names())
    read = 0

    def show(name: str) -> None:
        nonlocal read
        read += 1
        if read % _OFTEN == 1:
            click.echo(f"{read} of {whole}: {name}", err=True)

    return show
