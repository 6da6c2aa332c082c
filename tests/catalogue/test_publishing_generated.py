"""Whatever passes the check is published, and what learners get of it holds nothing of others."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select

from lms.access.actor import SYSTEM
from lms.catalogue import operations
from lms.catalogue.keeping import keep
from lms.catalogue.models import PageText, Rendered
from lms.content import reading
from lms.content.tree import Drafted, Folder
from lms.db import db, unit_of_work
from tests.catalogue.folder import a_folder
from tests.content.generated import ANSWER, SECRET, SOUND

pytestmark = pytest.mark.usefixtures("app")
PAGES = [
    f"modules/{module}/{page}.md"
    for module in ("01-first", "02-second")
    for page in ("01-beginning", "02-end")
]
TREE = Folder(a_folder(Path(tempfile.mkdtemp())))
# The same question twice on a page is a fault.
SOUND_PAGE = SOUND.filter(lambda text: text.count("question |") < 2)


@given(texts=st.lists(SOUND_PAGE, min_size=4, max_size=4))
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_passes_the_check_is_published(texts: list[str]) -> None:
    pages = {
        name: TREE.read(name) + f"\n{text}\n".encode()
        for name, text in zip(PAGES, texts, strict=True)
    }
    content, found = reading.examine(Drafted(TREE, pages))
    assert content is not None, found
    kept = keep(content)
    with unit_of_work():
        version = operations.publish(kept, actor=SYSTEM)
    published = select(Rendered.html).join(PageText, PageText.html_key == Rendered.sha256)
    learners = db.session.scalars(published).all()
    assert version.sha256 == content.sha256
    assert learners
    assert not any(SECRET in html or ANSWER in html for html in learners)
