"""Long answers, sent as they are made."""

from collections.abc import AsyncIterator, Generator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse


def download(request: HttpRequest, *, filename: str, chunks: Iterator[bytes], kind: str) -> StreamingHttpResponse:
    """The file, sent as it is made. Under ASGI a plain iterator would be gathered in memory first."""
    content = _WithoutBlocking(chunks) if isinstance(request, ASGIRequest) else chunks
    return StreamingHttpResponse(
        content,
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "private, no-store"},
    )


class _WithoutBlocking:
    """Chunks for the event loop. Whoever stops downloading closes the database's cursor too."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        take = sync_to_async(lambda: next(self._chunks, b""))
        while chunk := await take():
            yield chunk

    def close(self) -> None:
        if isinstance(self._chunks, Generator):
            self._chunks.close()
