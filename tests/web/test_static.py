"""Style sheets and script: built from what we say, contrasting, small, and kept for a year."""

import gzip
import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lms.web import assets
from lms.web.assets import asset, folder_digest
from tests.support.node import package
from tools import contrast, vendor

STATIC = Path(assets.__file__).parent / "static"
THEME = (STATIC / "theme.css").read_text(encoding="utf-8")


def packed(*names: str) -> float:
    """Kilobytes that these files take on their way."""
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names) / 1024


@pytest.fixture(scope="module")
def govuk() -> Path:
    return package("govuk-frontend")


@pytest.mark.parametrize("name", ["govuk.css", "govuk.js"])
def test_what_is_committed_is_what_the_package_gives(name: str, govuk: Path) -> None:
    assert (STATIC / name).read_text(encoding="utf-8") == vendor.built(govuk)[name]


def test_another_version_of_the_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"version": "7.0.0"}', encoding="utf-8")
    with pytest.raises(vendor.Unexpected, match=r"7\.0\.0"):
        vendor.built(tmp_path)


def test_the_script_writes_both_files_or_says_why_not(
    govuk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["v", f"--package={govuk}", f"--out={tmp_path}"])
    assert vendor.main() == 0
    for name in ("govuk.css", "govuk.js"):
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes()
    monkeypatch.setattr("sys.argv", ["v", f"--package={tmp_path}", f"--out={tmp_path}"])
    assert vendor.main() == 1
    assert "package.json" in capsys.readouterr().err


def test_a_colour_that_has_no_token_is_refused() -> None:
    with pytest.raises(vendor.Unexpected, match="#123456"):
        vendor.with_tokens(".a{color:#123456}")


def test_text_and_fill_take_their_own_tokens() -> None:
    themed = vendor.with_tokens(".a{color:#fff;background:#fff;width:3px}")
    assert themed == ".a{color:var(--on-primary);background:var(--sheet);width:3px}"


def test_no_crest_no_licensed_font_and_no_address_is_left(govuk: Path, tmp_path: Path) -> None:
    css = '@font-face{font-family:x}.a{font-family:"GDS Transport",arial,sans-serif}.b{src:url(/c)}'
    assert vendor.without_fonts_and_crest(css) == f".a{{font-family:{vendor.SANS}}}"
    shutil.copytree(govuk, tmp_path / "p")
    sheet = tmp_path / "p/dist/govuk/govuk-frontend.min.css"
    sheet.write_text(".crest{color:#fff}", encoding="utf-8")
    with pytest.raises(vendor.Unexpected, match="crest"):
        vendor.built(tmp_path / "p")


@pytest.mark.parametrize("name", ["govuk.css", "theme.css"])
def test_no_sheet_asks_for_anything(name: str) -> None:
    sheet = (STATIC / name).read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|@font-face|src:", sheet)


def test_only_the_tokens_hold_a_colour() -> None:
    rules = THEME.split("/* ---------- 2 Ground", 1)[1].split("@media print", 1)[0]
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) == {"#fff"}  # on solid heads alone
    assert len(re.findall(r"#fff", rules)) == 4


def test_every_token_that_is_used_is_set() -> None:
    both = THEME + (STATIC / "govuk.css").read_text(encoding="utf-8")
    set_ = set(re.findall(r"(--[\w-]+)\s*:", both))
    assert set(re.findall(r"var\((--[\w-]+)\)", both)) <= set_


def test_dark_by_device_and_dark_by_choice_are_the_same() -> None:
    blocks = contrast.blocks(THEME)
    assert blocks["dark by device"] == blocks["dark by choice"]
    assert "--paper: #0f191a" in blocks["dark by choice"]


def test_text_and_edges_contrast_in_both_themes() -> None:
    assert list(contrast.shortfalls(THEME)) == []


def test_too_little_contrast_is_found() -> None:
    faded = THEME.replace("--ink-2: #4b585b", "--ink-2: #a0a8aa")
    assert any("--ink-2 on --paper" in found for found in contrast.shortfalls(faded))


def test_the_check_of_contrast_fails_when_a_pair_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["c"])
    assert contrast.main() == 0
    faded = tmp_path / "faded.css"
    faded.write_text(THEME.replace("--ink-2: #4b585b", "--ink-2: #a0a8aa"), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["c", str(faded)])
    assert contrast.main() == 1
    assert "--ink-2 on --paper" in capsys.readouterr().out


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert contrast.contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast.contrast("#777", "#fff") == pytest.approx(4.478, abs=0.001)


def test_a_sheet_without_a_dark_theme_is_refused() -> None:
    with pytest.raises(LookupError, match="data-theme"):
        contrast.blocks(":root {\n--ink: #000;\n}")


def test_sheets_and_script_stay_within_their_budgets() -> None:
    assert packed("govuk.css", "theme.css") <= 35
    assert packed("govuk.js", "app.js") <= 15


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("theme.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("favicon.svg", "image/svg+xml"),
        ("govuk-licence.txt", "text/plain; charset=utf-8"),
    ],
)
def test_a_file_is_served_whole_and_kept_for_a_year(
    client: FlaskClient, name: str, kind: str
) -> None:
    response = client.get(asset(name))
    assert response.data == (STATIC / name).read_bytes()
    assert response.headers["Content-Type"] == kind
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in response.headers


def test_a_browser_that_takes_gzip_gets_it(client: FlaskClient) -> None:
    response = client.get(asset("govuk.css"), headers={"Accept-Encoding": "br, gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.data) == (STATIC / "govuk.css").read_bytes()
    refused = client.get(asset("govuk.css"), headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize(
    "address",
    [
        "/static/0123456789abcdef/theme.css",
        "/static/{digest}/nothing.css",
        "/static/{digest}/..%2fassets.py",
        "/static/{digest}/",
        "/static/theme.css",
    ],
)
def test_any_other_address_is_not_there(client: FlaskClient, address: str) -> None:
    assert client.get(address.format(digest=folder_digest())).status_code == 404


def test_a_name_that_is_not_there_is_an_error_before_the_page_is_sent() -> None:
    with pytest.raises(LookupError, match=r"nothing\.css"):
        asset("nothing.css")


def test_the_script_finds_its_module_beside_it(client: FlaskClient) -> None:
    script = client.get(asset("app.js")).get_data(as_text=True)
    found = re.search(r"from '\./([\w.]+)'", script)
    assert found is not None
    beside = asset("app.js").rsplit("/", 1)[0]
    assert client.get(f"{beside}/{found[1]}").status_code == 200
