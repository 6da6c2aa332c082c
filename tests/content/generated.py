"""Pages that nobody would write: our blocks and signs in any order, whole or broken."""

from hypothesis import strategies as st

from lms.markup_blocks import BLOCKS, NATIONS

SECRET = "heron-gravel"  # what a tutor's note says
ANSWER = "tuesday-lantern"  # what a question explains

_PLAIN = r"""
The advocate | *met* her | **at** `noon` | [[NRM]] | [@act s.1] | - one | 1. first | > said
## Two | a & b | \ | é | ~~no~~ | :: | {% include "x" %} | --8<-- "x" | &lt; | ("”
"""
_ODD = r"""
[[nobody]] | [@none] | [there](02-end.md#a-part) | [off](https://example.org) | [x](#a) | # One
[x](../sign-out) | [x](next) | [x](javascript:alert(1)) | <script>alert(1)</script> | <!-- | -->
<img src=x onerror=alert(1)> | ![x](http://a/b.png) | - [x] one | - [ ] two | #### Four | | a | ---
kind: ordering | alt: words | decorative: true | https://example.org | ``` | ///
<a href="javascript:x"> | [a]: javascript:x
"""


def _pieces(table: str) -> list[str]:
    return table.strip().replace("\n", " | ").split(" | ")


_plain = st.sampled_from([*_pieces(_PLAIN), "\u202eright to left"])
_words = st.sampled_from(_pieces(_PLAIN) + _pieces(_ODD))
_names = st.sampled_from([block.NAME for block in BLOCKS] + ["warning", "Law", "x-y"])
_titles = st.sampled_from(["", " | A title", *(f" | {nation}" for nation in NATIONS), " | a-key"])
_slashes = st.integers(3, 6).map("/".__mul__)
_begins = st.builds("{} {}{}".format, _slashes, _names, _titles)
_indented = st.builds("{}{}".format, st.sampled_from(["    ", "  ", "\t", ""]), _words)
_within = st.builds("{}{}".format, st.sampled_from(["> ", "- ", "1. ", "> > ", "  "]), _begins)
_tutor = st.just(f"\n/// tutor\n{SECRET} [[NRM]]\n///\n")
_question = st.just(
    "\n/// question | a-check\n    kind: single\n\nWhich?\n\n- [x] One\n"
    f"    {ANSWER} [[NRM]]\n- [ ] Two\n    {ANSWER}, not.\n///\n"
)
_callout = st.builds(
    "\n//// {}\n{}\n\n/// tutor\n{}\n///\n////\n".format,
    st.sampled_from(["practice", "case", "details | More", "nation | scotland"]),
    _plain,
    st.just(SECRET),
)
_lines = st.one_of(_words, _begins, _within, _slashes, _indented, _tutor, _question, st.just(""))

# The text of a page below its front matter.
TEXTS = st.lists(_lines, min_size=1, max_size=25).map("\n".join)
# The same with every block begun and ended as it should.
SOUND = st.lists(
    st.one_of(_plain, _tutor, _question, _callout, st.just("")), min_size=1, max_size=25
).map("\n".join)
# Whatever may stand in a file, also where no text is expected.
_YAML = [
    "---\n",
    "title: A page\n",
    "a:\n",
    "  - b\n",
    "\t",
    "[",
    "{a: ",
    "&a ",
    "*a ",
    "!!x ",
    "'",
]
FILES = st.one_of(
    TEXTS.map(str.encode),
    st.binary(max_size=200),
    st.lists(st.sampled_from([*_YAML, "on: 1\n"])).map("".join).map(str.encode),
)
