"""Settings: read in one place, refused together when they are missing or unsafe."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import config
from config import HalfConfigured, Mode

ROOT = Path(config.__file__).parent
SECRET = "b7f1c0a94e6d4f22a1d85c3e90b7642f"
# CONTRACT's list, and who mail comes from.
NAMED = {
    f"LMS_{name}"
    for name in (
        "DATABASE_URL SECRET_KEY STORAGE_URL MAIL_URL MAIL_FROM BASE_URL KEYS_DIR CONTENT_DIR "
        "CONTENT_REPOSITORY "
        "LEAVE_URL CONTACT DEMO_PASSWORD SERVICE_NAME PROFESSION_NAME AWARDING_BODY "
        "ACCREDITING_BODY TRUSTED_PROXIES"
    ).split()
}
GOOD = {
    "LMS_DATABASE_URL": "postgresql://lms_app:secret@localhost/lms",
    "LMS_SECRET_KEY": SECRET,
    "LMS_STORAGE_URL": "file:///var/lib/alongside/my%20files",
    "LMS_MAIL_URL": "smtp://mail.example.org",
    "LMS_MAIL_FROM": "alongside@example.org",
    "LMS_BASE_URL": "https://alongside.example.org/",
    "LMS_KEYS_DIR": "/etc/alongside/keys",
    "LMS_TRUSTED_PROXIES": "1",
}


class Noting(Mapping[str, str]):
    """An environment that notes which settings are asked for."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.settings, self.asked = settings, set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.settings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.settings)

    def __len__(self) -> int:
        return len(self.settings)


def asked_for() -> set[str]:
    real, demonstration = Noting(GOOD), Noting({})
    config.production(real)
    config.demo(5000, demonstration)
    return real.asked | demonstration.asked


def faults(**changes: str) -> str:
    with pytest.raises(HalfConfigured) as refused:
        config.production({**GOOD, **changes})
    return str(refused.value)


def test_every_setting_that_others_rely_on_is_read() -> None:
    assert asked_for() == NAMED


def test_the_example_lists_every_setting_with_a_line_about_it_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = [number for number, line in enumerate(lines) if re.match(r"#?LMS_[A-Z_]+=", line)]
    assert {lines[number].lstrip("#").partition("=")[0] for number in listed} == NAMED
    assert len(listed) == len(NAMED)
    for number in listed:
        assert re.match(r"# \S.+", lines[number - 1]), f"{lines[number]} is not explained"


def shown(pattern: str) -> dict[str, str]:
    """Settings of the example with their values, as a shell and systemd read them."""
    lines = re.findall(pattern, (ROOT / ".env.example").read_text(), re.MULTILINE)
    return {name: value for name, (value,) in ((n, shlex.split(v) or [""]) for n, v in lines)}


def test_the_example_alone_does_not_start_anything() -> None:
    given = shown(r"^(LMS_\w+)=(.*)$")
    with pytest.raises(HalfConfigured, match=r"^LMS_SECRET_KEY is not set$"):
        config.production(given)
    assert config.production({**given, "LMS_SECRET_KEY": SECRET}).https


def test_what_the_example_leaves_out_has_the_default_it_shows() -> None:
    left_out = shown(r"^#(LMS_\w+)=(.+)$")
    spoken = {name: left_out[name] for name in config._WORDS.values()}
    assert config.production({**GOOD, **spoken}).words == config.Words()


def test_a_real_installation_takes_its_settings_from_the_environment() -> None:
    found = config.production({**GOOD, "LMS_CONTACT": "Ring 020", "LMS_CONTENT_DIR": "/srv/it"})
    assert found.mode is Mode.PRODUCTION
    assert found.database_url == "postgresql+psycopg://lms_app:secret@localhost/lms"
    assert found.storage_dir == Path("/var/lib/alongside/my files")
    assert found.base_url == "https://alongside.example.org"
    assert (found.keys_dir, found.content_dir) == (Path("/etc/alongside/keys"), Path("/srv/it"))
    assert (found.trusted_proxies, found.words.contact) == (1, "Ring 020")
    assert found.as_flask()["SESSION_COOKIE_NAME"] == "__Host-session"
    assert found.as_flask()["SESSION_COOKIE_SECURE"] is True
    assert found.as_flask()["SECOND_FACTOR"] is True


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    shown = repr(config.production(GOOD))
    assert SECRET not in shown


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"LMS_TRUSTED_PROXIES"}))
@pytest.mark.parametrize("empty", [True, False])
def test_a_real_installation_does_not_start_without(name: str, empty: bool) -> None:
    environment = {**GOOD, name: ""} if empty else {k: v for k, v in GOOD.items() if k != name}
    with pytest.raises(HalfConfigured, match=f"^{name} is not set$"):
        config.production(environment)


def test_everything_that_is_wrong_is_named_at_once() -> None:
    wrong = {
        "LMS_SECRET_KEY": "short",
        "LMS_BASE_URL": "http://alongside.example.org",
        "LMS_DEMO_PASSWORD": config.DEMO_PASSWORD,
    }
    with pytest.raises(HalfConfigured) as refused:
        config.production(wrong)
    said = str(refused.value)
    for name in {*GOOD, *wrong} - {"LMS_TRUSTED_PROXIES"}:
        assert said.count(name) == 1, name
    assert "\n" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LMS_SECRET_KEY", SECRET[:31]),
        ("LMS_SECRET_KEY", "changeme" * 8),
        ("LMS_SECRET_KEY", "0123456789"),
        ("LMS_SECRET_KEY", config.demo(5000, {}).secret_key),
        ("LMS_DEMO_PASSWORD", config.DEMO_PASSWORD),
        ("LMS_DEMO_PASSWORD", "any other"),
        ("LMS_BASE_URL", "http://alongside.example.org"),
        ("LMS_BASE_URL", "http://localhost.example.org"),
        ("LMS_BASE_URL", "http://user@alongside.example.org"),
        ("LMS_BASE_URL", "alongside.example.org"),
        ("LMS_BASE_URL", "https:///path"),
        ("LMS_BASE_URL", "https://example.org/alongside"),
        ("LMS_BASE_URL", "https://[broken"),
        ("LMS_DATABASE_URL", "mysql://localhost/lms"),
        ("LMS_DATABASE_URL", "sqlite:///relative.sqlite"),
        ("LMS_DATABASE_URL", "sqlite://"),
        ("LMS_DATABASE_URL", "postgresql://lms@localhost:port/lms"),
        ("LMS_STORAGE_URL", "s3://bucket"),
        ("LMS_STORAGE_URL", "file:relative"),
        ("LMS_STORAGE_URL", "file:///"),
        ("LMS_MAIL_URL", "mail.example.org"),
        ("LMS_MAIL_URL", "smtp://"),
        ("LMS_MAIL_FROM", "Alongside"),
        ("LMS_MAIL_FROM", "a@example.org\nBcc: b@example.org"),
        ("LMS_KEYS_DIR", "keys"),
        ("LMS_KEYS_DIR", "/var/lib/alongside/my files/keys"),
        ("LMS_TRUSTED_PROXIES", "0"),
        ("LMS_TRUSTED_PROXIES", ""),
        ("LMS_TRUSTED_PROXIES", "-1"),
        ("LMS_TRUSTED_PROXIES", "²"),
        ("LMS_TRUSTED_PROXIES", "10.0.0.1"),
        ("LMS_LEAVE_URL", "javascript:alert(1)"),
        ("LMS_LEAVE_URL", "//example.org"),
    ],
)
def test_an_unsafe_or_senseless_setting_is_refused_by_its_name(name: str, value: str) -> None:
    said = faults(**{name: value})
    assert said.startswith(f"{name} ")
    assert all(name in fault for fault in said.split("; "))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LMS_DATABASE_URL", "sqlite:////var/lib/alongside/lms.sqlite"),
        ("LMS_DATABASE_URL", "postgresql+psycopg://lms@/lms?host=/run/postgresql"),
        ("LMS_DATABASE_URL", "postgres://lms:p%40ss@db.example.org:5433/lms?sslmode=verify-full"),
        ("LMS_MAIL_URL", "smtps://user:p%40ss@mail.example.org:465"),
        ("LMS_MAIL_URL", "console:"),
        ("LMS_MAIL_URL", "file:///var/spool/alongside"),
        ("LMS_TRUSTED_PROXIES", "2"),
        ("LMS_LEAVE_URL", "https://www.bbc.co.uk/weather"),
    ],
)
def test_every_way_that_the_documents_name_is_taken(name: str, value: str) -> None:
    config.production({**GOOD, name: value})


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80"])
def test_only_this_machine_itself_is_reached_without_tls(base: str) -> None:
    found = config.production({**GOOD, "LMS_BASE_URL": base, "LMS_TRUSTED_PROXIES": ""})
    assert not found.https
    assert found.as_flask()["SESSION_COOKIE_NAME"] == "session"
    assert found.as_flask()["SESSION_COOKIE_SECURE"] is False


@pytest.mark.parametrize("name", sorted(GOOD))
def test_the_demonstration_does_not_start_with_a_real_setting(name: str) -> None:
    with pytest.raises(HalfConfigured, match=f"demonstration does not start with {name} set"):
        config.demo(5000, {name: GOOD[name]})


def test_the_demonstration_keeps_to_its_own_folder_and_this_machine() -> None:
    found = config.demo(5123, {})
    home = ROOT / "instance"
    assert found.mode is Mode.DEMO
    assert found.database_url == f"sqlite:///{home}/demo.sqlite"
    assert found.storage_dir.is_relative_to(home)
    assert found.keys_dir.is_relative_to(home)
    assert found.mail_url.startswith(home.as_uri())
    assert found.base_url == "http://127.0.0.1:5123"
    assert found.as_flask()["SECOND_FACTOR"] is False


def test_the_demonstration_has_its_password_or_the_one_that_is_set() -> None:
    assert config.demo(5000, {}).demo_password == "quiet-river-lantern-42"
    assert config.demo(5000, {"LMS_DEMO_PASSWORD": "another"}).demo_password == "another"


def test_one_real_setting_is_enough_to_mean_a_real_installation() -> None:
    assert config.present({}).mode is Mode.DEMO
    assert config.present({"LMS_CONTACT": "Ring 020"}).mode is Mode.DEMO
    assert config.present(GOOD).mode is Mode.PRODUCTION
    forgotten = {name: value for name, value in GOOD.items() if name != "LMS_DATABASE_URL"}
    with pytest.raises(HalfConfigured, match="LMS_DATABASE_URL is not set"):
        config.present(forgotten)
