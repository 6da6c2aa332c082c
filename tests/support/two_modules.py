"""The first two modules of the content as a folder of their own: enough for whole journeys.

A journey that marks and ratifies every module of six would tell nothing that two don't.
"""

import re
import shutil
from pathlib import Path

from config import ROOT

CONTENT = ROOT / "content"
_KEPT = ("01-", "02-")
_ELSEWHERE = re.compile(r"\[([^\]]+)\]\(\.\./0[3-9]-[^)]*\)")
_TERM = re.compile(r"(?m)^(?=  [^\s:#][^:\n]*:\s*$)")


def two_modules(folder: Path) -> Path:
    """Copy them into a folder that isn't there yet; links to other modules become words."""
    shutil.copytree(CONTENT, folder)
    for module in (folder / "modules").iterdir():
        if not module.name.startswith(_KEPT):
            shutil.rmtree(module)
    texts = []
    for page in folder.glob("modules/**/*.md"):
        text = _ELSEWHERE.sub(r"\1", page.read_text(encoding="utf-8"))
        page.write_text(text, encoding="utf-8")
        texts.append(text)
    _keep_words(folder / "glossary.yml", "\n".join(texts))
    programme = folder / "programme.yml"
    lines = programme.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [each for each in lines if not re.match(r"  - 0[3-9]-", each)]
    programme.write_text("".join(kept).replace("credits: 60", "credits: 20"), encoding="utf-8")
    return folder


def _keep_words(glossary: Path, used: str) -> None:
    head, _begin, words = glossary.read_text(encoding="utf-8").partition("terms:\n")
    kept = [word for word in _TERM.split(words) if f"[[{_key(word)}]]" in used]
    glossary.write_text(f"{head}terms:\n{''.join(kept)}", encoding="utf-8")


def _key(word: str) -> str:
    return word.partition(":")[0].strip().strip("'\"")
