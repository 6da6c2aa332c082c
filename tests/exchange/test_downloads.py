"""What leaves this house: in whose version, for whom, and without what isn't theirs."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from werkzeug.test import TestResponse

from lms import clock
from lms.access.actor import Role
from lms.cohorts.queries import content_of
from lms.errors import RuleBroken
from lms.exchange import queries
from lms.exchange.queries import module_copy
from lms.learning import queries as learning
from tests import factories
from tests.catalogue.folder import change
from tests.exchange.folder import PNG, SVG, a_copy, a_full_folder, published
from tests.learning.places import a_cohort, words
from tests.performance.counting import counting, no_rendering
from tests.support.installation import installation
from tests.support.pages import Visitor

DOWNLOAD = "/learn/first/download"


def got_from(visitor: Visitor, path: str) -> TestResponse:
    """A file, whole."""
    with visitor.client.get(path) as answer:
        assert answer.content_length == len(answer.get_data())
        return answer


def test_a_copy_is_what_was_published_for_learners_and_nothing_else(app, tmp_path) -> None:
    version = published(a_full_folder(tmp_path / "content"))
    number = version.id
    with counting() as counted, no_rendering() as rendered:
        kept = module_copy(number, "first", "Alongside", films=True)
    assert len(counted.queries) <= 4
    assert rendered == []
    same = a_copy(tmp_path / "same", version=version.ref, published_at=version.published_at)
    assert kept == same
    without = module_copy(version.id, "first", "Alongside")
    assert [each.name for each in without.media.values()] == ["dot.png", "path.svg"]


def test_pictures_that_are_too_much_for_one_file_are_refused(app, tmp_path, monkeypatch) -> None:
    folder = a_full_folder(tmp_path / "content")
    again = "The [[NRM]].\n\n/// figure | path.svg\n    alt: The paths again\n///\n"
    change(folder, "modules/01-first/02-end.md", "The [[NRM]].", again)
    version = published(folder)
    weight = len(PNG) + 2 * len(SVG)  # each as often as it is shown
    monkeypatch.setattr(queries, "MOST_BYTES", weight)
    module_copy(version.id, "first", "Alongside")
    monkeypatch.setattr(queries, "MOST_BYTES", weight - 1)
    with pytest.raises(RuleBroken, match="too much for one file"):
        module_copy(version.id, "first", "Alongside")


def test_an_advocate_takes_along_the_version_of_their_own_intake(browser, tmp_path) -> None:
    folder = a_full_folder(tmp_path / "content")
    cohort = a_cohort(folder, date(2026, 9, 1))
    enrolment = factories.make_enrolment(cohort)
    change(folder, "modules/01-first/01-beginning.md", "In Scotland.", "In NEWER Scotland.")
    newer = published(folder)
    with clock.stopped(factories.noon(date(2026, 10, 5))):
        reader = browser(enrolment.advocate)
        assert f'href="{DOWNLOAD}"' in reader.get("/learn/first/").text
        page = words(reader.get(DOWNLOAD).text)
        assert "The file stays on the device" in page
        got, book = got_from(reader, f"{DOWNLOAD}/html"), got_from(reader, f"{DOWNLOAD}/epub")
    own = content_of(cohort).ref
    assert own != newer.ref
    assert got.status_code == 200
    assert got.headers["Content-Disposition"] == f"attachment; filename=al701-{own.lower()}.html"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "no-store"
    assert got.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "In Scotland." in got.text
    assert "NEWER" not in got.text
    assert not [each for each in ("SECRET", "WHY-", "A. NAMED") if each in got.text]
    assert enrolment.advocate.name not in got.text
    assert book.mimetype == "application/epub+zip"
    assert zipfile.ZipFile(io.BytesIO(book.data)).testzip() is None


def test_a_learner_never_gets_the_file_with_the_answers(browser, tmp_path) -> None:
    version = published(a_full_folder(tmp_path / "content"))
    tutor = browser(factories.make_account(Role.TUTOR))
    assert tutor.get(f"{DOWNLOAD}/cartridge").status_code == 404
    assert tutor.get(f"{DOWNLOAD}/pdf").status_code == 404
    base = f"/authoring/versions/{version.ref}/files"
    assert tutor.get(f"{base}/first/cartridge").status_code == 404


def test_an_author_takes_out_any_module_of_any_version(browser, tmp_path) -> None:
    version = published(a_full_folder(tmp_path / "content"))
    author = browser(factories.make_account(Role.AUTHOR))
    base = f"/authoring/versions/{version.ref}/files"
    assert f'href="{base}"' in author.get("/authoring/").text
    assert f'href="{base}/first/cartridge"' in author.get(base).text
    got = got_from(author, f"{base}/first/cartridge")
    assert got.headers["Content-Disposition"].endswith(f"al701-{version.ref.lower()}.imscc")
    quiz = zipfile.ZipFile(io.BytesIO(got.data)).read("quiz/beginning.xml")
    assert b"WHY-RIGHT-ONE" in quiz
    for wrong in ("first/pdf", "third/html"):
        assert author.get(f"{base}/{wrong}").status_code == 404
    assert author.get("/authoring/versions/CON-NONE/files").status_code == 404


def test_no_page_of_a_copy_is_lost(app, tmp_path) -> None:
    version = published(a_full_folder(tmp_path / "content"))
    copy = module_copy(version.id, "first", "Alongside")
    (first, *_) = learning.programme_way(learning.Reader(version.id))
    along = [each.slug for each in copy.pages if not each.stands_in]
    assert along == [stop.page for stop in first.way]
    known = learning.open_pages(learning.Reader(version.id))
    assert {each.slug for each in copy.pages} == {
        page for module, page in known if module == "first"
    }
    assert replace(copy, version="X").identifier != copy.identifier


def test_an_operator_writes_a_module_to_a_file_once(tmp_path) -> None:
    place = installation(tmp_path)
    place.environment["LMS_CONTENT_DIR"] = str(a_full_folder(tmp_path / "content"))
    place.init()
    ref = place.here("catalogue", "publish").out.split()[-1].removesuffix(".")
    out = tmp_path / "first.epub"
    words = ["catalogue", "export", ref, "first", out, "--format", "epub"]
    said = place.here(*words)
    assert said.out == f"Wrote {out}, {out.stat().st_size:,} bytes.\n"
    assert zipfile.ZipFile(out).testzip() is None
    assert place.here(*words).refusal == f"{out} was not written: File exists."
    none = place.here("catalogue", "export", ref, "third", tmp_path / "x")
    assert none.refusal == f"There is no module “third” in a version {ref}."
