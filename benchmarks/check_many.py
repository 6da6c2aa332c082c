"""Time `lms catalogue check` over many pages: afresh, and again with nothing changed.

python benchmarks/check_many.py [--pages N]

The pages are those of the content folder, copied into modules until there are enough, each with a
paragraph of its own. Both runs are processes of their own, on one core, as an author starts them.
"""

import argparse
import itertools
import os
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
PAGES_OF_A_MODULE = 20
CREDITS = 2  # of a module: a programme has 360 at most


def build(folder: Path, pages: int) -> None:
    """A content folder with this many pages."""
    for name in ("glossary.yml", "references.yml"):
        shutil.copy(CONTENT / name, folder / name)
    (first, *_) = sorted((CONTENT / "modules").iterdir())
    others = sorted(CONTENT.glob("modules/*/*.md"))
    texts = itertools.cycle(others)
    names = []
    for number in range(-(-pages // PAGES_OF_A_MODULE)):
        name = f"{number % 90 + 10}-module-{number}"
        names.append(name)
        home = folder / "modules" / name
        shutil.copytree(first / "assessments", home / "assessments")
        module = yaml.safe_load((first / "module.yml").read_text(encoding="utf-8"))
        (home / "module.yml").write_text(
            yaml.safe_dump(module | {"code": f"AL{100 + number}", "credits": CREDITS})
        )
        for place in range(min(PAGES_OF_A_MODULE, pages - number * PAGES_OF_A_MODULE)):
            text = next(texts).read_text(encoding="utf-8")
            own = f"\n\nThis is page {place} of module {number}.\n"
            (home / f"{place + 10}-page-{place}.md").write_text(text + own, encoding="utf-8")
    programme = yaml.safe_load((CONTENT / "programme.yml").read_text(encoding="utf-8"))
    programme |= {"modules": names, "credits": CREDITS * len(names)}
    (folder / "programme.yml").write_text(yaml.safe_dump(programme), encoding="utf-8")


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
        build(folder, pages)
        for name, goal in GOALS.items():
            seconds, processor, said = timed(folder, cache)
            print(
                f"{name}: {pages} pages in {seconds:.1f} s ({processor:.1f} s of one core), ",
                end="",
            )
            print(f"at most {goal:.0f} s for 2,000. {said}")


if __name__ == "__main__":
    main()
