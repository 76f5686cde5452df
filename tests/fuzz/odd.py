"""What nobody types and somebody sends: odd values for forms and addresses, and what stands in a page to be filled."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

ODD_TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ufffd",
    "\u202e\u200b",
    "é" * 300,
    "x" * 70_000,
    "-1",
    "0",
    "1e309",
    "NaN",
    "Infinity",
    "9" * 40,
    "-" + "9" * 20,
    "1,5",
    "٣",
    "²",
    "true",
    "null",
    "[]",
    "{}",
    "%",
    "%00",
    "\\",
    "'\"--",
    "<svg/onload=x>",
    "{{ settings }}",
    "../../etc/passwd",
    "//elsewhere.example",
    "javascript:x",
    "\r\nSet-Cookie: x=1",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2026-02-30",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "24:00",
    "23:59:60",
    "1:1:1:1",
    "a@b",
    "2147483648",
    "9223372036854775808",
    "00000000-0000-0000-0000-000000000000",
    "http://[",
    "https://[::1",
    "a,b,,",
    "1:2",
    "_",
)
# As they stand in an address: broken UTF-8 and a lone surrogate cannot be written as text.
ODD_QUERIES = ("%00", "%ED%A0%80", "%FF", "%E2%80%AE", "1%002", "%F0%9F%98%80", "%25%30%30", "+", "%2F%2F")
JSON = ("{", "[]", "null", "NaN", '{"a": "\\ud800"}', '{"kind": "\\u0000", "id": 1e400}', "[" * 2000)
FILES = (
    ("vide.png", b"", "image/png"),
    ("page.png", b"<html><script>x</script>", "image/png"),
    ("photo.jpg", b"\xff\xd8\xff\xe0 no photo", "image/jpeg"),
    ("photo.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
    ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
    ("a.zip", b"PK\x03\x04" + b"\x00" * 40, "application/zip"),
    ("..\\\u202egpj.exe", b"MZ\x90", "application/octet-stream"),
    ("x" * 300 + ".txt", b"words", "text/plain"),
)


@dataclass
class FoundForm:
    action: str = ""
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """The forms of a page with what stands in their fields, and the names in the queries of its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self.links: list[str] = []
        self.by_id: dict[str, FoundForm] = {}
        self._open: FoundForm | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self._open = FoundForm(given.get("action", ""), given.get("method", "get").lower())
                self.forms.append(self._open)
            case "a":
                self.links.append(given.get("href", ""))
            case "select" | "input" | "textarea" | "button":
                self._field(tag, given)
            case "option" if self._open and self._select:
                self._option(self._open, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        self._select = name = given.get("name", "")
        if not self._open or not name:
            return
        if given.get("type") == "file":
            self._open.files.append(name)
        else:
            self._open.values.setdefault(name, [])
            if tag != "select":
                self._open.values[name].append(given.get("value", ""))

    def _option(self, form: FoundForm, given: dict[str, str]) -> None:
        values = form.values.setdefault(self._select, [])
        if not values or "selected" in given:
            form.values[self._select] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def odd_bodies(form: FoundForm, random: Random, ids: list[str], most: int) -> list[dict[str, object]]:
    """The form as its page fills it, then with one field, or all of them, odd, missing, repeated or somebody else's."""
    bodies: list[dict[str, object]] = [{}, _filled(form), {name: random.choice(ODD_TEXTS) for name in form.values}]
    names = [*form.values, *form.files]
    while names and len(bodies) < most:
        bodies.append(_with_oddity(form, random, ids))
    return bodies[:most]


def _filled(form: FoundForm) -> dict[str, object]:
    filled: dict[str, object] = {name: (values or ["x"])[-1] for name, values in form.values.items()}
    return {name: value or "Bonjour" for name, value in filled.items()}


def _with_oddity(form: FoundForm, random: Random, ids: list[str]) -> dict[str, object]:
    body = _filled(form)
    for _ in range(random.randint(1, 2)):
        name = random.choice([*form.values, *form.files])
        match random.randrange(6):
            case 0 if form.files:
                name, content, kind = random.choice(FILES)
                body[random.choice(form.files)] = SimpleUploadedFile(name, content, kind)
            case 1:
                body.pop(name, None)
            case 2:
                body[name] = [random.choice(ODD_TEXTS), random.choice(ODD_TEXTS)]
            case 3:
                body[name] = random.choice(ids)
            case _:
                body[name] = random.choice(ODD_TEXTS)
    return body
