"""Settings, from the environment. The only reader of os.environ."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent
DEMO_PASSWORD = "quiet-river-lantern-42"  # noqa: S105 - printed at start; production refuses it
DEMO_PORT = 5000
_SHORTEST_SECRET = 32


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
    faults += _unsafe(environment)
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
        trusted_proxies=int(environment.get("LMS_TRUSTED_PROXIES") or 0),
        words=_words(environment),
    )


def demo(port: int, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of the demonstration: everything lies below instance/. Refuses real settings."""
    real = [name for name in ("LMS_DATABASE_URL", "LMS_STORAGE_URL") if environment.get(name)]
    if real:
        raise HalfConfigured(f"the demonstration does not start with {' and '.join(real)} set")
    home = ROOT / "instance"
    return Settings(
        mode=Mode.DEMO,
        database_url=f"sqlite:///{home / 'demo.sqlite'}",
        secret_key=f"demonstration only, {home}",
        storage_url=(home / "files").as_uri(),
        mail_url=(home / "mail").as_uri(),
        mail_from="alongside@demo.example",
        base_url=f"http://127.0.0.1:{port}",
        keys_dir=home / "keys",
        content_dir=content_dir(environment),
        demo_password=environment.get("LMS_DEMO_PASSWORD") or DEMO_PASSWORD,
        words=_words(environment),
    )


def present(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of the installation that the environment describes, or of the demonstration."""
    if environment.get("LMS_DATABASE_URL"):
        return production(environment)
    return demo(DEMO_PORT, environment)


def content_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """Where authored content lies, for commands that need nothing else."""
    return Path(environment.get("LMS_CONTENT_DIR") or ROOT / "content")


def _unsafe(environment: Mapping[str, str]) -> list[str]:
    faults = []
    secret = environment.get("LMS_SECRET_KEY", "")
    if secret and (len(secret) < _SHORTEST_SECRET or len(set(secret)) < 10):
        faults.append(f"LMS_SECRET_KEY is not {_SHORTEST_SECRET} random characters")
    if secret.startswith("demonstration only"):
        faults.append("LMS_SECRET_KEY is that of the demonstration")
    if environment.get("LMS_DEMO_PASSWORD"):
        faults.append("LMS_DEMO_PASSWORD belongs to the demonstration")
    base = environment.get("LMS_BASE_URL", "")
    local = urlsplit(base).hostname in {"localhost", "127.0.0.1", "::1"}
    if base and not base.startswith("https://") and not local:
        faults.append("LMS_BASE_URL does not begin with https://")
    if environment.get("LMS_STORAGE_URL", "file:").split(":")[0] != "file":
        faults.append("LMS_STORAGE_URL does not begin with file:///")
    proxies = environment.get("LMS_TRUSTED_PROXIES") or "0"
    if not proxies.isdigit():
        faults.append("LMS_TRUSTED_PROXIES is not a number")
    return faults


def _driver(url: str) -> str:
    """PostgreSQL through psycopg 3, whichever way the address is written."""
    head, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if head in {"postgres", "postgresql"} else url


def _words(environment: Mapping[str, str]) -> Words:
    given = {name: environment[key] for name, key in _WORDS.items() if environment.get(key)}
    return replace(Words(), **given)
