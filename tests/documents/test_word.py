"""Word files: their text as safe HTML; whatever acts, or loads from elsewhere, is refused.

Readers are called directly: the child process that calls them in life is tested in test_child.
"""

import pytest

from lms.documents import Kind, Unreadable
from lms.documents_child import MOST_ENTRIES, MOST_SHOWN, MOST_XML, READERS
from tests.documents.word import BODY, KIND, LISTED, RELATIONSHIPS, a_word_file, paragraph
from tests.markup.reading import PLAIN, found_in, tags_in
from tests.support import documents as files

ELSEWHERE = "loads something from another place"
MACROS = "carries macros"
EMBEDDED = "carries another file inside it"
BROKEN = "can’t open this Word file"


def read(content: bytes) -> str:
    return str(READERS[Kind.WORD](content))


def related(kind: str, target: str = "http://tracker.example/x", mode: str = "External") -> str:
    said = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="x" Type="{KIND}/{kind}" Target="{target}"{said}/>'


def test_text_is_shown_with_its_shape() -> None:
    html = read(files.a_docx("One & <two>\nThree"))
    assert html == "<p>One &amp; &lt;two&gt;</p><p>Three</p>"


def test_what_it_holds_is_sanitised_whatever_word_made_of_it() -> None:
    target = "javascript:window.hit=1"
    link = '<w:p><w:hyperlink r:id="x"><w:r><w:t>press</w:t></w:r></w:hyperlink></w:p>'
    text = paragraph("&lt;script&gt;window.hit=1&lt;/script&gt;")
    html = read(a_word_file(link + text, related=related("hyperlink", target)))
    found = found_in(html)
    assert {tag for tag, _ in found.elements} <= PLAIN
    assert "javascript" not in html
    assert "<script>window.hit=1</script>" in "".join(found.words)


def test_a_link_to_a_web_page_is_no_reason_to_refuse() -> None:
    link = '<w:p><w:hyperlink r:id="x"><w:r><w:t>law</w:t></w:r></w:hyperlink></w:p>'
    html = read(a_word_file(link, related=related("hyperlink", "https://www.gov.uk/x")))
    assert '<a href="https://www.gov.uk/x">law</a>' in html


LOADS = {
    "a template": related("attachedTemplate"),
    "a picture": related("image"),
    "a frame": related("frame"),
    "a sub-document": related("subDocument"),
    "an address that looks like a link's": related("image", "http://tracker.example/hyperlink"),
    "in single quotes": related("image").replace('"', "'"),
    "with spaces": related("image").replace("=", " = "),
    "on several lines": related("image").replace(" ", "\n"),
    "in small letters": related("image", mode="external"),
    "with entities": related("image", mode="&#69;xternal"),
    "behind a sign that ends a tag": related("image", "http://tracker.example/>"),
    "a file share": related("image", "\\\\tracker.example\\x"),
    "within another": f"<Relationship>{related('image')}</Relationship>",
}


@pytest.mark.parametrize("name", LOADS)
def test_whatever_loads_from_elsewhere_is_refused_however_it_is_written(name: str) -> None:
    with pytest.raises(Unreadable, match=ELSEWHERE):
        read(a_word_file(related=LOADS[name]))


@pytest.mark.parametrize(
    "whole",
    [
        RELATIONSHIPS.format(related("image")).encode("utf-16"),
        ("\ufeff" + RELATIONSHIPS.format(related("image"))).encode(),
        RELATIONSHIPS.format(related("image"))
        .replace("<Relationship", "<p:Relationship")
        .replace("</Relationship", "</p:Relationship")
        .replace("xmlns=", "xmlns:p=")
        .encode(),
    ],
    ids=["UTF-16", "with a mark", "with a prefix"],
)
def test_a_list_of_relationships_is_read_as_xml_and_not_as_text(whole: bytes) -> None:
    with pytest.raises(Unreadable, match=ELSEWHERE):
        read(a_word_file(related=whole))


@pytest.mark.parametrize("name", ["word/_rels/header1.xml.rels", "WORD/_RELS/SETTINGS.XML.RELS"])
def test_every_list_of_relationships_is_looked_at(name: str) -> None:
    listed = RELATIONSHIPS.format(related("attachedTemplate"))
    with pytest.raises(Unreadable, match=ELSEWHERE):
        read(a_word_file(more=[(name, listed)]))


MACRO = '<Relationship Id="x" Type="http://schemas.microsoft.com/office/2006/relationships/{}"/>'
ACTS = {
    "a project": (a_word_file(more=[("word/vbaProject.bin", b"x")]), MACROS),
    "a project elsewhere": (a_word_file(more=[("custom/VBAPROJECT.BIN", b"x")]), MACROS),
    "a renamed project": (a_word_file(related=MACRO.format("vbaProject")), MACROS),
    "its type": (
        a_word_file(types='<Default Extension="bin" ContentType="a/vnd.ms-office.vbaProject"/>'),
        MACROS,
    ),
    "a document type that allows them": (
        a_word_file(types='<Override PartName="/x" ContentType="a/x.macroEnabled.main+xml"/>'),
        MACROS,
    ),
    "an embedded program": (a_word_file(related=related("oleObject", "x.bin", "")), EMBEDDED),
    "ActiveX": (a_word_file(related=related("control", "x.xml", "")), EMBEDDED),
    "a web page that is merged": (a_word_file(related=related("aFChunk", "x.html", "")), EMBEDDED),
}


@pytest.mark.parametrize("name", ACTS)
def test_whatever_acts_by_itself_is_refused(name: str) -> None:
    content, said = ACTS[name]
    with pytest.raises(Unreadable, match=said):
        read(content)


OUTSIDE = '<!DOCTYPE d [<!ENTITY o SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    "<!DOCTYPE d ["
    + '<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)


@pytest.mark.parametrize(
    "document",
    [
        OUTSIDE + BODY.format(paragraph("&o;")),
        (OUTSIDE + BODY.format(paragraph("&o;"))).encode("utf-16"),
        (OUTSIDE + BODY.format(paragraph("&o;"))).encode("utf-16-be"),
        OUTSIDE.replace("<!ENTITY o", "<!ENTITY % o") + BODY.format(paragraph()),
        '<!DOCTYPE d SYSTEM "http://tracker.example/x.dtd">' + BODY.format(paragraph()),
        LAUGHS + BODY.format(paragraph("&a11;")),
    ],
    ids=["a file", "UTF-16", "UTF-16 BE", "a parameter", "an outer type", "a billion laughs"],
)
def test_a_document_that_names_files_of_ours_is_refused(document: str | bytes) -> None:
    with pytest.raises(Unreadable, match=BROKEN):
        read(a_word_file(document=document))


def test_entities_are_refused_in_a_list_of_relationships_too() -> None:
    hidden = '<!DOCTYPE d [<!ENTITY e "External">]>' + RELATIONSHIPS.format(
        related("image", mode="&e;")
    )
    with pytest.raises(Unreadable, match=BROKEN):
        read(a_word_file(related=hidden.encode()))


@pytest.mark.parametrize("name", ["word/document.xml", "word/Document.xml"])
def test_two_parts_with_one_name_are_refused(name: str) -> None:
    """We might read the one, and a marker's program the other."""
    with pytest.raises(Unreadable, match=BROKEN):
        read(a_word_file(more=[(name, BODY.format(paragraph("Another text.")))]))


WHOLE = a_word_file()
DAMAGED = {
    "half": WHOLE[: len(WHOLE) // 2],
    "no end": WHOLE[:-10],
    "other bytes in its text": WHOLE.replace(b"word/document.xml", b"word/document.xmx"),
    "no XML": a_word_file(document="My work."),
    "XML that breaks off": a_word_file(document=BODY.format(paragraph())[:-20]),
    "a list that breaks off": a_word_file(related=LISTED.encode()),
    "a beginning": b"PK\x03\x04word/document.xml",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(Unreadable, match=r"Save it again as \.docx"):
        read(DAMAGED[name])


@pytest.mark.parametrize("body", ["<w:p/>", paragraph(" "), "<w:p><w:r><w:drawing/></w:r></w:p>"])
def test_a_file_without_text_is_refused(body: str) -> None:
    with pytest.raises(Unreadable, match="no text in it"):
        read(a_word_file(body))


def test_a_file_that_would_unpack_to_too_much_is_refused_before_it_is_unpacked() -> None:
    pictures = [("word/media/a.png", bytes(MOST_XML + 1))]
    assert "What I would do." in read(a_word_file(more=pictures))
    with pytest.raises(Unreadable, match="too large when it is unpacked"):
        read(files.a_zip_bomb_docx(unpacked_megabytes=MOST_XML // (1 << 20)))
    many = [(f"word/media/{number}.png", b"") for number in range(MOST_ENTRIES)]
    with pytest.raises(Unreadable, match="too large when it is unpacked"):
        read(a_word_file(more=many))


def test_more_text_than_can_be_shown_is_refused() -> None:
    with pytest.raises(Unreadable, match="more text in it than we can show"):
        read(a_word_file(paragraph("a" * MOST_SHOWN)))


def test_pictures_are_left_out_and_the_text_around_them_stays() -> None:
    html = read(a_word_file("<w:p><w:r><w:t>Before</w:t></w:r><w:r><w:drawing/></w:r></w:p>"))
    assert tags_in(html) == ["p"]
    assert "Before" in html


def test_a_name_that_would_leave_the_folder_is_harmless() -> None:
    assert "safe" in read(files.a_docx_with_a_path_outside())
