"""A small content folder that is in order, for tests to put one thing wrong in."""

from pathlib import Path
from textwrap import dedent

PROGRAMME = """\
    key: example
    title: An example programme
    award: An example award
    level: 7
    credits: 20
    note: Made up for a test; nobody's programme.
    modules:
      - 01-first
      - 02-second
"""
MODULE = """\
    code: AL70{number}
    title: Module {number} of the example
    level: 7
    credits: 10
    summary: What the module is about, in a sentence.
    nations: [england-and-wales, scotland, northern-ireland]
    law_as_at: 2026-04-07
    review_by: 2027-01-31
    outcomes:
      - key: LO1
        text: Tell one thing from another.
    reviewers: {{subject: null, legal: null, lived_experience: null}}
"""
PAGE = """\
    ---
    title: {title}
    minutes: 20
    outcomes: [LO1]
    law_as_at: 2026-04-07
    review_by: 2027-01-31
    ---

    ## A part

    The [[NRM]] is explained [@act s.1].

    /// law | Section 1
    What it says.
    It is in [@act s.1].
    ///
"""
ASSESSMENT = """\
    key: essay
    title: An essay about it
    weighting: 100
    words: 2500
    outcomes: [LO1]
    criteria:
      - key: law
        title: The law applied
        weight: 60
        outcomes: [LO1]
        levels:
          - {from: 50, to: 100, text: It is applied with care.}
          - {from: 0, to: 49, text: It is not applied with care.}
      - key: role
        title: The boundary of the role
        weight: 40
        outcomes: [LO1]
        levels:
          - {from: 50, to: 100, text: It is kept to throughout.}
          - {from: 0, to: 49, text: It is not kept to throughout.}
"""
BRIEF = """\
    ---
    title: An essay about it
    ---

    Write about [[NRM]] in 2,500 words.
"""
GLOSSARY = """\
    terms:
      NRM:
        term: NRM
        meaning: How people are identified, made short for a test.
        source: act
"""
REFERENCES = """\
    references:
      act:
        kind: act
        title: An Example Act 2015
        address: https://www.legislation.gov.uk/ukpga/2015/30
        law_as_at: 2026-04-07
        checked_on: 2026-04-08
        read: true
"""


def a_folder(home: Path) -> Path:
    """Two modules of two pages and one assessment each; returns the folder."""
    files = {"programme.yml": PROGRAMME, "glossary.yml": GLOSSARY, "references.yml": REFERENCES}
    for number, name in ((1, "01-first"), (2, "02-second")):
        base = f"modules/{name}"
        files[f"{base}/module.yml"] = MODULE.format(number=number)
        files[f"{base}/01-beginning.md"] = PAGE.format(title="The beginning")
        files[f"{base}/02-end.md"] = PAGE.format(title="The end of it")
        files[f"{base}/assessments/essay.yml"] = ASSESSMENT
        files[f"{base}/assessments/essay.md"] = BRIEF
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return home


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Put one thing wrong in a file."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise ValueError(f"{name} has no {old!r}")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
