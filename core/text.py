"""Text as members type it, made fit for what takes plain characters only: e-mail headers, XML, one line of a page.

Also compared, whatever its accents and capitals.
"""

import unicodedata

# Line breaks and tabs of every kind become a space.
BREAKS = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"
# Marks that turn the direction of what follows: what is read would not be what is written. Languages need none of them.
TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# XML has no place for these two.
NO_CHARACTERS = "\ufffe\uffff"
CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)]))

_TABLE = str.maketrans(dict.fromkeys(CONTROLS + TURNS + NO_CHARACTERS, "") | dict.fromkeys(BREAKS, " "))


def one_line(text: str) -> str:
    """Without control characters, on one line. Spaces that do not break stay."""
    return text.translate(_TABLE).strip()


def fold(text: str) -> str:
    """For comparing: without accents and capitals."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(each for each in parts if not unicodedata.combining(each)).casefold()
