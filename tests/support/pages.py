"""What tests read on a page."""

from django.http import HttpResponse


def text_of(answer: object) -> str:
    assert hasattr(answer, "content")
    content: bytes = answer.content
    return content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def lands(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 302, text_of(answer)
    return answer.headers["Location"].partition("#")[0]
