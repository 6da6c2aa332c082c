"""Commands of `lms catalogue` that measure content, and gather what a lawyer should read."""

from pathlib import Path

import click

from config import content_dir
from lms import authored
from lms.authored import Faulty
from lms.checking.legal import statements
from lms.checking.legal_review import ReadingsFile, ReadingShape, lapsed, review
from lms.content import prose, reading
from lms.content.source import Content

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("path", required=False, type=_FOLDER)
def measures(path: Path | None) -> None:
    """Say of each page how long it takes and how hard it reads, in lines of a table.

    Words count running text alone: no lists, tables, quotations, notes for tutors or sources.
    """
    content = _read(path or content_dir())
    click.echo("words  a sentence  grade  minutes  reading alone  page")
    for module in content.modules:
        found = [
            (page, prose.measures(page.shown.html, page.front.minutes)) for page in module.pages
        ]
        for page, each in found:
            grade = "    -" if each.grade is None else f"{each.grade:5.1f}"
            click.echo(
                f"{each.words:5}  {each.per_sentence:10.1f}  {grade}  {each.minutes:7}  "
                f"{each.least:13}  {page.name}"
            )
        way = [each for page, each in found if not page.stands_in]
        words, minutes = sum(each.words for each in way), sum(each.minutes for each in way)
        click.echo(f"{words:5}  {'':10}  {'':5}  {minutes:7}  {'':13}  {module.file.code} in all")


@click.command("legal-review")
@click.argument("path", required=False, type=_FOLDER)
@click.option(
    "--readings", type=_FILE, help="What second readings found, by statement (second-readings.yml)."
)
def legal_review(path: Path | None, readings: Path | None) -> None:
    """Write every legal statement with its sources, by nation, for a lawyer; in Markdown."""
    content = _read(path or content_dir())
    known = _readings(readings) if readings else {}
    gone = lapsed(statements(content), known)
    if gone:
        click.echo(f"No statement has these digests any more: {', '.join(gone)}.", err=True)
    click.echo(review(content, known), nl=False)


def _read(folder: Path) -> Content:
    try:
        return reading.read(folder)
    except Faulty as faults:
        raise _told(faults) from None


def _readings(file: Path) -> dict[str, ReadingShape]:
    try:
        return authored.read(file, file.name, ReadingsFile)[0].readings
    except Faulty as faults:
        raise _told(faults) from None


def _told(faults: Faulty) -> click.exceptions.Exit:
    for finding in faults.findings:
        click.echo(str(finding), err=True)
    return click.exceptions.Exit(1)
