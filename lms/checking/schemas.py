"""JSON Schemas of the files that authors write, for their editors; made from their shapes."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from lms.content import shapes

_SHAPES: dict[str, type[BaseModel]] = {
    "programme": shapes.ProgrammeFile,
    "glossary": shapes.GlossaryFile,
    "references": shapes.ReferencesFile,
    "module": shapes.ModuleFile,
    "assessment": shapes.AssessmentFile,
    "page": shapes.PageFront,
    "brief": shapes.BriefFront,
    "session-plan": shapes.SessionFront,
    "competencies": shapes.CompetenciesFile,
}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> Iterator[tuple[str, str]]:
    """Each schema: its file's name and its text."""
    for name, shape in _SHAPES.items():
        schema = {"$schema": _DIALECT, **shape.model_json_schema()}
        yield f"{name}.json", json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> list[str]:
    """Write every schema into a folder; returns the names of those that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in schemas():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(name)
    return changed
