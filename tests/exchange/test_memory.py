"""A copy is written bit by bit: however many pictures there are, memory holds a part of one."""

import tracemalloc
from dataclasses import replace
from functools import partial
from tempfile import TemporaryFile

import pytest

from lms.exchange.copies import MediaCopy, ModuleCopy
from lms.exchange.views import FORMATS

SIZE, COUNT = 4 << 20, 12  # bytes of a picture, and how many there are


@pytest.fixture(scope="module")
def heavy(full: ModuleCopy, tmp_path_factory: pytest.TempPathFactory) -> ModuleCopy:
    """A module of 48 MB, every picture of which a page shows; they lie on the disk."""
    one = tmp_path_factory.mktemp("pictures") / "one.png"
    one.write_bytes(bytes(range(256)) * (SIZE // 256))
    names = [f"big-{number:02}.png" for number in range(COUNT)]
    media = {n: MediaCopy(n, "image/png", "0" * 64, partial(one.open, "rb")) for n in names}
    shown = "".join(f'<img src="files/{name}" alt="">' for name in names)
    page = replace(full.pages[0], html=full.pages[0].html + shown)
    return replace(full, pages=[page, *full.pages[1:]], media={**full.media, **media})


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_memory_holds_a_part_of_one_picture(heavy: ModuleCopy, kind: str) -> None:
    with TemporaryFile() as out:
        tracemalloc.start()
        FORMATS[kind].write(heavy, out)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert out.tell() > SIZE * COUNT
    assert most < SIZE
