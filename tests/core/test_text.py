"""Names as hostile or careless people type them."""

import pytest
from django.core.mail import EmailMessage
from lxml import etree

from core.text import one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Inès\r\nBcc: quelquun@exemple.fr", "Inès  Bcc: quelquun@exemple.fr"),
        ("a\rb\nc\td\x0be\x0cf\x85g\u2028h\u2029i", "a b c d e f g h i"),
        ("a\x00\x01\x1b\x7f\x9fb", "ab"),
        ("\ufffea\uffff\ud800", "a"),
        ("facture\u202efdp.exe\u2066", "facturefdp.exe"),
        ("\x01\u202e ", ""),
        ("Chloé\u202f\u00a0Œuf, d’Été", "Chloé\u202f\u00a0Œuf, d’Été"),
        ("שרה בן־דוד", "שרה בן־דוד"),
        ("👩🏽\u200d💻", "👩🏽\u200d💻"),
    ],
)
def test_a_name_is_one_line_of_characters(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


def test_every_character_can_stand_in_a_header_and_in_xml() -> None:
    text = one_line("".join(map(chr, range(0x110000))))
    EmailMessage(subject=text[:2_000], to=["a@exemple.fr"]).message()
    element = etree.Element("name")
    # Refuses what XML cannot hold.
    element.text = text
    assert element.text == text
