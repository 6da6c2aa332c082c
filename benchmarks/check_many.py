"""Time `lms catalogue check` over many pages: afresh, and again with nothing changed.

python benchmarks/check_many.py [--pages N]

The modules are those of the content folder, copied until there are pages enough, and told apart by
a word, since no sentence may stand twice. Both runs are processes of their own, on one core, as an
author starts them.
"""

import argparse
import itertools
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "content"
GOALS = {"afresh": 90.0, "unchanged": 2.0}  # seconds for 2,000 pages
CREDITS = 2  # of a module: a programme has 360 at most
TOP = ("glossary.yml", "references.yml", "competencies.yml")
# Where a word can be put in, so that no sentence stands in two copies: behind a small word that is
# in no key and no address, and where one ends.
_KEYS = re.compile(r"(\[\[[^\]]*\]\]|\[@[^\]]*\]|\]\([^)]*\))")
_SMALL = re.compile(r" (?:the|a|an|and|of|to|is|it|in|you|that|for|not|be|can|with)(?= )")
_END = re.compile(r"(?<=[a-z0-9])(?=[.!?;][\"”’)*_]*\s|[.!?;]?[\"”’)*_]*$)")
# How lines begin that are no running text.
_AS_IT_IS = ("#", "///", "|", "    kind:", "    alt:", "    required:", "    decorative:")


def build(folder: Path, pages: int) -> int:
    """A content folder with at least this many pages, hardly an error in them; says how many."""
    for name in TOP:
        shutil.copy(CONTENT / name, folder / name)
    originals = sorted((CONTENT / "modules").iterdir())
    made: list[str] = []
    count = 0
    for copy in itertools.count():
        if count >= pages:
            break
        names = {each.name: f"{each.name}-{copy}" for each in originals}
        for home in originals:
            module = folder / "modules" / names[home.name]
            shutil.copytree(home, module)
            for path in (path for path in module.rglob("*") if path.suffix in {".md", ".yml"}):
                text = path.read_text(encoding="utf-8")
                for old, new in names.items():
                    text = text.replace(old, new)
                path.write_text(_told_apart(text, copy) if path.suffix == ".md" else text)
            described = yaml.safe_load((module / "module.yml").read_text(encoding="utf-8"))
            described |= {"code": f"AL{len(made) + 100}", "credits": CREDITS}
            (module / "module.yml").write_text(yaml.safe_dump(described), encoding="utf-8")
            made.append(module.name)
            count += sum(1 for _ in (*module.glob("[0-9]*.md"), *module.glob("alternatives/*.md")))
    programme = yaml.safe_load((CONTENT / "programme.yml").read_text(encoding="utf-8"))
    programme |= {"modules": made, "credits": CREDITS * len(made)}
    (folder / "programme.yml").write_text(yaml.safe_dump(programme), encoding="utf-8")
    return count


def _told_apart(text: str, copy: int) -> str:
    """The same page with a word of this copy in its sentences."""
    word = "".join("abcdefghij"[int(digit)] for digit in str(copy))
    _, front, body = text.split("---\n", 2)
    lines = [
        line if line.startswith(_AS_IT_IS) else _worded(line, f" x{word}")
        for line in body.split("\n")
    ]
    return f"---\n{front}---\n" + "\n".join(lines)


def _worded(line: str, word: str) -> str:
    parts = _KEYS.split(line)  # text, key, text, key, text
    parts[::2] = [_SMALL.sub(lambda at: at[0] + word, part) for part in parts[::2]]
    return _END.sub(word, "".join(parts))


def timed(folder: Path, cache: Path) -> tuple[float, float, str]:
    """Seconds by the clock and of the processor, and the last thing it said."""
    words = ["catalogue", "check", str(folder), "--cache", str(cache)]
    command = [sys.executable, "-m", "lms.cli", *words]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    spent = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, processor, (done.stderr or done.stdout).strip().splitlines()[-1]


def main() -> None:
    """Build, check twice, and compare with the goals."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--pages", type=int, default=2000)
    pages = parser.parse_args().pages
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as place:
        folder, cache = Path(place) / "content", Path(place) / "cache"
        folder.mkdir()
        pages = build(folder, pages)
        for name, goal in GOALS.items():
            seconds, processor, said = timed(folder, cache)
            print(
                f"{name}: {pages} pages in {seconds:.1f} s ({processor:.1f} s of one core), ",
                end="",
            )
            print(f"at most {goal:.0f} s for 2,000. {said}")


if __name__ == "__main__":
    main()
