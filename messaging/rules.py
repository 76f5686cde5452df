"""Contact details stay out of the conversation (SK-54): a reminder when a text looks like one, never a block."""

import re

MAX_LENGTH = 4000

_EMAIL = re.compile(
    r"[\w.+-]+\s?(?:@|\[at\]|\(at\)|\barobase\b)\s?[\w-]+(?:\.|\s(?:point|dot)\s)[a-z]{2,}", re.IGNORECASE
)
# Nine digits or more, as numbers are written, with or without a country code.
_PHONE = re.compile(r"(?<![\w,.])(?:\+\d{1,3}|\(?0\)?)[ .\-\u202f\u00a0/]?\d(?:[ .\-\u202f\u00a0/]?\d){7,12}(?!\w)")


def looks_like_contact_details(text: str) -> bool:
    return bool(_EMAIL.search(text) or _PHONE.search(text))
