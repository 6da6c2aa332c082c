"""Settings, from the environment. The only reader of os.environ."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

ROOT = Path(__file__).resolve().parent
DEMO_PASSWORD = "quiet-river-lantern-42"  # noqa: S105 - printed at start; production refuses it
DEMO_PORT = 5000
_DEMO_SECRET = "demonstration only"  # noqa: S105 - production refuses it
_SHORTEST_SECRET = 32
_LOCAL = {"localhost", "127.0.0.1", "::1"}  # reached from this machine alone


class HalfConfigured(Exception):
    """A setting is missing or unsafe; the message names each."""


class Mode(StrEnum):
    """What the installation is for."""

    PRODUCTION = "production"
    DEMO = "demo"
    TESTING = "testing"


@dataclass(frozen=True, kw_only=True)
class Words:
    """Names that differ from one installation to the next, as people read them."""

    leave_url: str = "https://www.bbc.co.uk/weather"
    contact: str = "the programme team"
    service_name: str = "Alongside"
    profession_name: str = "independent advocate"
    awarding_body: str = "the awarding body"
    accrediting_body: str = "the accrediting body"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs from one installation to the next; .env.example explains each."""

    mode: Mode
    database_url: str
    secret_key: str = field(repr=False)
    storage_url: str
    mail_url: str
    mail_from: str
    base_url: str
    keys_dir: Path
    content_dir: Path = ROOT / "content"
    content_repository: Path | None = None
    demo_password: str = field(default=DEMO_PASSWORD, repr=False)
    words: Words = Words()
    trusted_proxies: int = 0

    @property
    def storage_dir(self) -> Path:
        """Where files lie."""
        return Path(unquote(urlsplit(self.storage_url).path))

    @property
    def https(self) -> bool:
        """Whether people reach it over HTTPS."""
        return self.base_url.startswith("https://")

    def as_flask(self) -> dict[str, Any]:
        """The same, under the names by which Flask and its extensions know them."""
        secure = self.https
        return {
            "SETTINGS": self,
            "DEMO": self.mode is Mode.DEMO,
            "TESTING": self.mode is Mode.TESTING,
            "DEBUG": False,  # whatever FLASK_DEBUG says
            "SECOND_FACTOR": self.mode is not Mode.DEMO,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
            "SESSION_COOKIE_SECURE": secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_PATH": "/",
            "MAX_CONTENT_LENGTH": 24 << 20,  # an upload of 20 MB, and the form around it
            "MAX_FORM_MEMORY_SIZE": 4 << 20,
            "MAX_FORM_PARTS": 500,
            "WTF_CSRF_TIME_LIMIT": None,  # a token lasts as long as its session
            "WTF_CSRF_SSL_STRICT": False,  # pages send no referrer; the token alone decides
            "BASE_URL": self.base_url,
            "CONTENT_DIR": self.content_dir,
            "CONTENT_REPOSITORY": self.content_repository,
            "LEAVE_URL": self.words.leave_url,
            "MAIL_URL": self.mail_url,
            "MAIL_FROM": self.mail_from,
            "SERVICE_NAME": self.words.service_name,
        }


# Settings that production can't start without; the rest have defaults.
_REQUIRED = (
    "LMS_DATABASE_URL",
    "LMS_SECRET_KEY",
    "LMS_STORAGE_URL",
    "LMS_MAIL_URL",
    "LMS_MAIL_FROM",
    "LMS_BASE_URL",
    "LMS_KEYS_DIR",
)
_WORDS = {
    "leave_url": "LMS_LEAVE_URL",
    "contact": "LMS_CONTACT",
    "service_name": "LMS_SERVICE_NAME",
    "profession_name": "LMS_PROFESSION_NAME",
    "awarding_body": "LMS_AWARDING_BODY",
    "accrediting_body": "LMS_ACCREDITING_BODY",
}


def production(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of a real installation. Raises HalfConfigured naming everything that is wrong."""
    faults = [f"{name} is not set" for name in _REQUIRED if not environment.get(name)]
    for name, fault_in in _CHECKS.items():
        given = environment.get(name)
        fault = fault_in(given) if given else ""
        if fault:
            faults.append(f"{name} {fault}")
    faults += _at_odds(environment)
    if faults:
        raise HalfConfigured("; ".join(faults))
    return Settings(
        mode=Mode.PRODUCTION,
        database_url=_driver(environment["LMS_DATABASE_URL"]),
        secret_key=environment["LMS_SECRET_KEY"],
        storage_url=environment["LMS_STORAGE_URL"],
        mail_url=environment["LMS_MAIL_URL"],
        mail_from=environment["LMS_MAIL_FROM"],
        base_url=environment["LMS_BASE_URL"].rstrip("/"),
        keys_dir=Path(environment["LMS_KEYS_DIR"]),
        content_dir=content_dir(environment),
        content_repository=_repository(environment),
        trusted_proxies=int(environment.get("LMS_TRUSTED_PROXIES") or 0),
        words=_words(environment),
    )


def demo(port: int, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of the demonstration: everything lies below instance/. Refuses real settings."""
    real = _real(environment)
    if real:
        raise HalfConfigured(f"the demonstration does not start with {', '.join(real)} set")
    home = ROOT / "instance"
    return Settings(
        mode=Mode.DEMO,
        database_url=f"sqlite:///{home / 'demo.sqlite'}",
        secret_key=f"{_DEMO_SECRET}, {home}",
        storage_url=(home / "files").as_uri(),
        mail_url=(home / "mail").as_uri(),
        mail_from="alongside@demo.example",
        base_url=f"http://127.0.0.1:{port}",
        keys_dir=home / "keys",
        content_dir=content_dir(environment),
        demo_password=environment.get("LMS_DEMO_PASSWORD") or DEMO_PASSWORD,
        words=_words(environment),
    )


def preview(home: Path, folder: Path, port: int) -> Settings:
    """Settings of an author's preview: a throwaway installation below `home`, whatever is set.

    folder  the content that is looked at
    """
    return Settings(
        mode=Mode.DEMO,
        database_url=f"sqlite:///{home / 'preview.sqlite'}",
        secret_key=f"preview only, {home}",
        storage_url=(home / "files").as_uri(),
        mail_url=(home / "mail").as_uri(),
        mail_from="preview@preview.example",
        base_url=f"http://127.0.0.1:{port}",
        keys_dir=home / "keys",
        content_dir=folder,
    )


def present(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of the installation that the environment describes, or of the demonstration.

    One real setting is enough to mean a real installation: a command must not act on the
    demonstration because another was forgotten.
    """
    return production(environment) if _real(environment) else demo(DEMO_PORT, environment)


def content_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """Where authored content lies, for commands that need nothing else."""
    return Path(environment.get("LMS_CONTENT_DIR") or ROOT / "content")


def _real(environment: Mapping[str, str]) -> list[str]:
    """Which settings are given that a real installation alone has."""
    names = (*_REQUIRED, "LMS_TRUSTED_PROXIES")
    return [name for name in names if environment.get(name)]


def _database_fault(url: str) -> str:
    # A relative path would mean another file for each folder that a command is started in.
    kinds = ("sqlite:////", "postgresql://", "postgres://", "postgresql+psycopg://")
    fits = url.startswith(kinds) and _parts(url) is not None
    return "" if fits else "is neither sqlite:////absolute/path nor postgresql://…"


def _secret_fault(secret: str) -> str:
    if secret.startswith(_DEMO_SECRET):
        return "is that of the demonstration"
    random = len(secret) >= _SHORTEST_SECRET and len(set(secret)) >= 10
    return "" if random else f"is not {_SHORTEST_SECRET} random characters"


def _storage_fault(url: str) -> str:
    fits = url.startswith("file:///") and url.strip("/") != "file:"
    return "" if fits else "does not begin with file:/// and name a folder"


def _mail_fault(url: str) -> str:
    parts = _parts(url)
    by_smtp = parts is not None and parts.scheme in {"smtp", "smtps"} and parts.hostname
    fits = by_smtp or url == "console:" or url.startswith("file:///")
    return "" if fits else "is neither smtp://…, smtps://…, file:///… nor console:"


def _sender_fault(address: str) -> str:
    return "" if re.fullmatch(r"[^@\s]+@[^@\s]+", address) else "is no email address"


def _base_fault(url: str) -> str:
    parts = _parts(url)
    if parts is None or not parts.hostname or parts.path.strip("/") or parts.query:
        return "is not https:// and a name alone"
    local = parts.scheme == "http" and parts.hostname in _LOCAL
    return "" if parts.scheme == "https" or local else "does not begin with https://"


def _folder_fault(folder: str) -> str:
    return "" if Path(folder).is_absolute() else "is not an absolute path"


def _proxies_fault(number: str) -> str:
    return "" if re.fullmatch(r"[0-9]", number) else "is not a number from 0 to 9"


def _leave_fault(url: str) -> str:
    parts = _parts(url)
    fits = parts is not None and parts.scheme == "https" and parts.hostname
    return "" if fits else "does not begin with https://"


def _demo_fault(_password: str) -> str:
    return "belongs to the demonstration"


_CHECKS: dict[str, Callable[[str], str]] = {
    "LMS_DATABASE_URL": _database_fault,
    "LMS_SECRET_KEY": _secret_fault,
    "LMS_STORAGE_URL": _storage_fault,
    "LMS_MAIL_URL": _mail_fault,
    "LMS_MAIL_FROM": _sender_fault,
    "LMS_BASE_URL": _base_fault,
    "LMS_KEYS_DIR": _folder_fault,
    "LMS_CONTENT_REPOSITORY": _folder_fault,
    "LMS_TRUSTED_PROXIES": _proxies_fault,
    "LMS_LEAVE_URL": _leave_fault,
    "LMS_DEMO_PASSWORD": _demo_fault,
}


def _at_odds(environment: Mapping[str, str]) -> list[str]:
    """Settings that are right each by itself, and wrong together."""
    faults = []
    base, proxies = environment.get("LMS_BASE_URL", ""), environment.get("LMS_TRUSTED_PROXIES")
    # We speak plain HTTP: who is reached by https:// has a proxy. Without believing it, everybody
    # would seem to come from one address, and be locked out together when somebody guesses.
    if base.startswith("https://") and (proxies or "0") == "0":
        faults.append("LMS_TRUSTED_PROXIES is not set, though https:// needs a proxy in front")
    keys, store = environment.get("LMS_KEYS_DIR", ""), environment.get("LMS_STORAGE_URL", "")
    # Whoever copies the files would copy the keys with them.
    if keys and store and Path(keys).is_relative_to(unquote(store.removeprefix("file://"))):
        faults.append("LMS_KEYS_DIR lies inside LMS_STORAGE_URL")
    return faults


def _parts(url: str) -> SplitResult | None:
    """An address taken apart; None for what can't be one."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read only to have it checked
    except ValueError:
        return None
    return parts


def _driver(url: str) -> str:
    """PostgreSQL through psycopg 3, whichever way the address is written."""
    head, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if head in {"postgres", "postgresql"} else url


def _repository(environment: Mapping[str, str]) -> Path | None:
    given = environment.get("LMS_CONTENT_REPOSITORY")
    return Path(given) if given else None


def _words(environment: Mapping[str, str]) -> Words:
    given = {name: environment[key] for name, key in _WORDS.items() if environment.get(key)}
    return replace(Words(), **given)
