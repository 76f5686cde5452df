"""What all pages of the sandbox are drawn with. Every value is escaped, no script runs."""

from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
PARIS = ZoneInfo("Europe/Paris")
MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


@dataclass(frozen=True)
class Page:
    status: int = 200
    body: str = ""
    kind: str = "text/html; charset=utf-8"
    location: str = ""
    # Where a form of this page may lead after its redirect.
    leads_to: tuple[str, ...] = field(default=())

    @property
    def headers(self) -> dict[str, str]:
        targets = " ".join(sorted({origin(url) for url in self.leads_to}))
        policy = f"default-src 'none'; style-src 'self'; form-action 'self' {targets}; frame-ancestors 'none'"
        headers = {
            "Content-Type": self.kind,
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return headers | ({"Location": self.location} if self.location else {})


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def euros(cents: int) -> str:
    """`−1 234,50 €`, with spaces that never break."""
    sign = "\u2212" if cents < 0 else ""
    whole = f"{abs(cents) // 100:,}".replace(",", "\u202f")
    return f"{sign}{whole},{abs(cents) % 100:02d}\u00a0€"


def when(timestamp: float) -> str:
    """`22 nov. à 14:05`, in Paris."""
    moment = datetime.fromtimestamp(timestamp, PARIS)
    day = "1er" if moment.day == 1 else str(moment.day)
    return f"{day}\u00a0{MONTHS[moment.month - 1]} à\u00a0{moment:%H:%M}"


def draw(name: str, title: str, *, raw: dict[str, str] | None = None, shape: str = "narrow", **values: str) -> str:
    """A page; `raw` values are HTML already."""
    escaped = {key: escape(value) for key, value in values.items()} | (raw or {})
    content = Template((HERE / "pages" / f"{name}.html").read_text(encoding="utf8")).substitute(escaped)
    layout = Template((HERE / "pages" / "layout.html").read_text(encoding="utf8"))
    return layout.substitute(title=escape(title), content=content, shape=shape)


def message(status: int, title: str, text: str, *, back: str = "") -> Page:
    link = f'<p><a href="{escape(back)}">Revenir au site</a></p>' if back else ""
    return Page(status, draw("message", title, raw={"back": link}, heading=title, text=text))
