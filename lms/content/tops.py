"""The files of a content tree that belong to no module: what all of them share."""

from dataclasses import dataclass

from lms.content import shapes
from lms.content.files import Files

COMPETENCIES = "competencies.yml"


@dataclass(frozen=True)
class Tops:
    """The programme, its words, its sources, and the frameworks that outcomes are mapped to."""

    programme: shapes.ProgrammeFile
    glossary: dict[str, shapes.TermShape]
    references: dict[str, shapes.ReferenceShape]
    frameworks: dict[str, shapes.FrameworkShape]


def read_tops(files: Files) -> Tops | None:
    """Read them; None once what is wrong with them is noted. Frameworks needn't be there."""
    glossary = files.yaml("glossary.yml", shapes.GlossaryFile)
    references = files.yaml("references.yml", shapes.ReferencesFile)
    programme = files.yaml("programme.yml", shapes.ProgrammeFile)
    mapped = COMPETENCIES in files.names
    competencies = files.yaml(COMPETENCIES, shapes.CompetenciesFile) if mapped else None
    if glossary is None or references is None or programme is None:
        return None
    if mapped and competencies is None:
        return None
    frameworks = competencies.frameworks if competencies else {}
    tops = Tops(programme, glossary.terms, references.references, frameworks)
    _check_sources(files, tops)
    return tops


def _check_sources(files: Files, tops: Tops) -> None:
    for key, term in tops.glossary.items():
        if term.source and term.source not in tops.references:
            message = f"{term.source} is not in the references: add it there"
            files.find("glossary.yml", message, "terms", key, "source")
    for key, framework in tops.frameworks.items():
        if framework.source not in tops.references:
            message = f"{framework.source} is not in the references: add it there"
            files.find(COMPETENCIES, message, "frameworks", key, "source")
