"""What a file is, told by its content."""

import pytest

from core.files.kinds import LONGEST_NAME, clean_name, fitting_name, recognize
from tests.core.files import samples


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.png", samples.image("PNG"), "image/png"),
        ("a.jpg", samples.image("JPEG"), "image/jpeg"),
        ("a.gif", samples.image("GIF"), "image/gif"),
        ("a.webp", samples.image("WEBP"), "image/webp"),
        ("a.pdf", samples.PDF, "application/pdf"),
        ("a.rtf", b"{\\rtf1 bonjour}", "application/rtf"),
        ("a.zip", samples.archive("notes/a.txt"), "application/zip"),
        ("a.doc", samples.OLD_OFFICE, "application/msword"),
        ("a.xls", samples.OLD_OFFICE, "application/vnd.ms-excel"),
        ("a.docx", samples.word(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.odt", samples.open_document(), "application/vnd.oasis.opendocument.text"),
        ("a.ods", samples.open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
        ("a.csv", "nom;âge\nLéa;30\n".encode("cp1252"), "text/plain"),
        ("a.txt", "Bonjour à tous".encode("utf-16"), "text/plain"),
        ("a.py", b"#!/usr/bin/env python\nprint(1 < 2)\n", "text/plain"),
        ("LISEZMOI", b"Trois lignes.\n", "text/plain"),
        # The name lies; the content is harmless and says what it is.
        ("photo.png", samples.image("JPEG"), "image/jpeg"),
        ("rapport.docx", samples.archive("a.txt"), "application/zip"),
    ],
)
def test_a_kind_is_found_in_the_content(name: str, content: bytes, media_type: str) -> None:
    kind = recognize(content, name)
    assert kind is not None
    assert kind.media_type == media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", samples.HTML),
        ("photo.png", samples.HTML),
        ("notes.txt", b"\n  \t<HTML><body>"),
        ("notes.txt", "<script>alert(1)</script>".encode("utf-16")),
        ("notes.txt", b"\xef\xbb\xbf<html>"),
        ("dessin.svg", samples.SVG),
        ("dessin.png", samples.SVG),
        ("dessin.txt", b'<?xml version="1.0"?><svg/>'),
        ("outil.exe", samples.PROGRAM),
        ("photo.jpg", samples.PROGRAM),
        ("photo.jpg", b"\x7fELF\x02\x01\x01\x00"),
        ("script.bat", b"del *.*"),
        ("photo.png.js", b"alert(1)"),
        ("installe.msi", samples.OLD_OFFICE),
        ("installe", samples.OLD_OFFICE),
        ("outil.zip", samples.archive("META-INF/MANIFEST.MF", "A.class")),
        ("macro.docx", samples.archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("coupe.zip", samples.archive("a.txt")[:40]),
        ("vide.zip", b"PK\x05\x06" + b"\x00" * 18),
        ("menteur.zip", b"PK\x03\x04" + b"\x00" * 60 + b"PK\x05\x06" + b"\xff" * 18),
        ("bruit.txt", bytes(range(256))),
        ("demi.txt", b"\xff\xfea"),
    ],
    # Archives carry the time: they name no test.
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_pages_programs_and_what_nobody_knows_are_refused(name: str, content: bytes) -> None:
    assert recognize(content, name) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Relevé  de\tnotes.pdf", "Relevé de notes.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Léa\\plan.docx", "plan.docx"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("a\x00b\x1f\u200b.txt", "ab.txt"),
        ("\ud800x.txt", "x.txt"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        (".htaccess", "htaccess"),
        ("fin. . .", "fin"),
        ("ligne\r\nX-Injected: 1.txt", "ligne X-Injected_ 1.txt"),
        ("", "fichier"),
        ("/", "fichier"),
        ("\u202e\u200b", "fichier"),
        ("e\u0301te\u0301.txt", "été.txt"),
    ],
)
def test_a_hostile_name_is_cleaned(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_long_name_keeps_what_it_ends_in() -> None:
    name = clean_name("a" * 300 + ".pdf")
    assert len(name) == LONGEST_NAME
    assert name.endswith("a.pdf")
    assert len(clean_name("a." + "b" * 300)) <= LONGEST_NAME


def test_another_name_gets_the_right_ending() -> None:
    jpeg = recognize(samples.image("JPEG"), "photo.png")
    assert jpeg is not None
    assert fitting_name("photo.png", jpeg) == "photo.png.jpg"
    assert fitting_name("Photo.JPEG", jpeg) == "Photo.JPEG"
    assert len(fitting_name("a" * LONGEST_NAME, jpeg)) == LONGEST_NAME
