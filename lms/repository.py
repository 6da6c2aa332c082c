"""The repository of authored content: what is published in the browser is committed to it as well.

Git is called with arguments of ours alone, without a shell, without hooks, and without anybody's
own settings. Nothing is ever pushed: who looks after the repository does that.
"""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from lms.storage import StoredFile

_SECONDS = 20
_COMMITTER = "Alongside"
# No address: git wants the brackets, and nobody's mail belongs into a history that is shared.
_NO_ADDRESS = ""


class NotCommitted(Exception):
    """The repository could not be written; the message says why, for an operator."""


def commit(
    folder: Path, changes: Mapping[str, bytes | StoredFile | None], *, author: str, words: str
) -> bool:
    """Write files below a folder of a repository, and commit these and no others.

    changes  by name from that folder what is written there, or None for a file that goes
    author   reference of an account
    returns  whether there was anything to commit

    Raises NotCommitted; the files may then be written and not committed.
    """
    git = _Git(folder)
    if git.answer("rev-parse", "--is-inside-work-tree") != "true":
        raise NotCommitted(f"{folder} is no working copy of a git repository")
    try:
        for name, raw in changes.items():
            _write(folder, name, raw)
    except OSError as failure:
        raise NotCommitted(f"{type(failure).__name__} in {folder}") from None
    names = sorted(changes)
    known = set(git.answer("ls-files", "-z", "--", *names).split("\0"))
    touched = [name for name in names if changes[name] is not None or name in known]
    if not touched:
        return False
    git.answer("add", "--all", "--", *touched)
    if not git.answer("diff", "--cached", "--name-only", "--", *touched):
        return False
    git.answer(
        "commit",
        "--quiet",
        "--no-verify",
        f"--author={author} <{_NO_ADDRESS}>",
        f"--message={words}",
        "--only",
        "--",
        *touched,
    )
    return True


class _Git:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._program = shutil.which("git") or ""

    def answer(self, *arguments: str) -> str:
        if not self._program:
            raise NotCommitted("git is not installed")
        settings = (
            *("-c", "core.hooksPath=/dev/null"),
            *("-c", "commit.gpgSign=false"),
            *("-c", "core.autocrlf=false"),
        )
        try:
            ran = subprocess.run(  # noqa: S603 - git with arguments of ours, no shell
                [self._program, *settings, *arguments],
                cwd=self._folder,
                env=_ENVIRONMENT,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as failure:
            raise NotCommitted(f"git {arguments[0]}: {type(failure).__name__}") from None
        if ran.returncode:
            said = ran.stderr.decode("utf-8", "replace").strip().splitlines()
            raise NotCommitted(f"git {arguments[0]}: {said[-1] if said else ran.returncode}")
        return ran.stdout.decode("utf-8", "replace").strip().strip("\0")


_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_COMMITTER_NAME": _COMMITTER,
    "GIT_COMMITTER_EMAIL": _NO_ADDRESS,
}


def _write(folder: Path, name: str, raw: bytes | StoredFile | None) -> None:
    path = folder / name
    # A link in the repository must not lead our hand out of it.
    if not path.resolve().is_relative_to(folder.resolve()) or path.is_symlink():
        raise NotCommitted(f"{name} leads out of the repository")
    if raw is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw.read() if isinstance(raw, StoredFile) else raw)
