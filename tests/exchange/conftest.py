"""One copy for all tests that only look at it."""

import pytest

from lms.exchange.copies import ModuleCopy
from tests.exchange.folder import a_copy


@pytest.fixture(scope="package")
def full(tmp_path_factory: pytest.TempPathFactory) -> ModuleCopy:
    """The module that has one of everything."""
    return a_copy(tmp_path_factory.mktemp("exchange") / "content")
