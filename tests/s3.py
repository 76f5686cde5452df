"""A stand-in for S3-compatible storage: what boto3 asks of buckets, over HTTP, kept in memory.

It checks that each request is signed with the key it was given, and refuses reading without one, but in buckets that
anybody may read.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY, SECRET, REGION = "test-key", "test-secret-of-the-store", "eu-test-1"
PUBLIC, PRIVATE = "skilmi-public", "skilmi-private"


@dataclass
class Stored:
    content: bytes
    headers: dict[str, str]


@dataclass
class Store:
    url: str = ""
    files: dict[str, Stored] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    # What was asked: method and path.
    asked: list[str] = field(default_factory=list)
    is_down: bool = False
    # Called at each request.
    look: Callable[[], None] = lambda: None

    def names(self, bucket: str) -> list[str]:
        start = f"/{bucket}/"
        return sorted(path.removeprefix(start) for path in self.files if path.startswith(start))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def handle_any(self) -> None:
        address = urlsplit(self.path)
        self.at, self.query = unquote(address.path), parse_qs(address.query, keep_blank_values=True)
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.store.asked.append(f"{self.command} {self.at}")
        self.server.store.look()
        if self.server.store.is_down:
            self.answer(HTTPStatus.SERVICE_UNAVAILABLE)
        elif not self.may_ask():
            self.answer(HTTPStatus.FORBIDDEN)
        else:
            getattr(self, f"on_{self.command.lower()}")()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815

    def may_ask(self) -> bool:
        signed = f"AWS4-HMAC-SHA256 Credential={KEY}/" in self.headers.get("Authorization", "")
        return signed or (self.command in {"GET", "HEAD"} and self.at.startswith(f"/{PUBLIC}/"))

    def on_put(self) -> None:
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            # Newer checksums, which many stores do not know.
            self.answer(HTTPStatus.NOT_IMPLEMENTED)
            return
        if "uploadId" in self.query:
            self.server.store.parts[self.query["uploadId"][0]][int(self.query["partNumber"][0])] = self.body
        else:
            self.keep(self.body)
        self.answer(HTTPStatus.OK, headers={"ETag": f'"{md5(self.body).hexdigest()}"'})  # noqa: S324

    def on_post(self) -> None:
        """A large file comes in pieces."""
        parts = self.server.store.parts
        if "uploads" in self.query:
            upload = f"upload-{len(parts)}"
            parts[upload] = {}
            self.answer(
                HTTPStatus.OK,
                f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId>"
                "</InitiateMultipartUploadResult>".encode(),
            )
            return
        pieces = parts[self.query["uploadId"][0]]
        wanted = [int(number) for number in re.findall(rb"<PartNumber>(\d+)</PartNumber>", self.body)]
        self.keep(b"".join(pieces[number] for number in wanted))
        self.answer(HTTPStatus.OK, b"<CompleteMultipartUploadResult/>")

    def keep(self, content: bytes) -> None:
        said = {name: self.headers[name] for name in ("Content-Type", "Cache-Control") if name in self.headers}
        self.server.store.files[self.at] = Stored(content, said)

    def on_get(self) -> None:
        found = self.server.store.files.get(self.at)
        if found is None:
            self.answer(HTTPStatus.NOT_FOUND, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        said = {"ETag": f'"{md5(found.content).hexdigest()}"', **found.headers}  # noqa: S324
        # A large file is fetched in pieces.
        if piece := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            start, end = int(piece[1]), int(piece[2] or len(found.content) - 1)
            said["Content-Range"] = f"bytes {start}-{end}/{len(found.content)}"
            self.answer(HTTPStatus.PARTIAL_CONTENT, found.content[start : end + 1], said)
        else:
            self.answer(HTTPStatus.OK, found.content, said)

    on_head = on_get

    def on_delete(self) -> None:
        self.server.store.files.pop(self.at, None)
        self.answer(HTTPStatus.NO_CONTENT)

    def answer(self, status: HTTPStatus, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


class Server(ThreadingHTTPServer):
    def __init__(self, store: Store) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.store = store
        store.url = f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving() -> Iterator[Store]:
    store = Store()
    with Server(store) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield store
        finally:
            server.shutdown()
            thread.join()


def environment(store: Store) -> dict[str, str]:
    """What the settings read to keep files there."""
    return {
        "S3_PUBLIC_BUCKET": PUBLIC,
        "S3_PRIVATE_BUCKET": PRIVATE,
        "S3_PUBLIC_URL": f"{store.url}/{PUBLIC}",
        "S3_ENDPOINT_URL": store.url,
        "S3_REGION": REGION,
        "S3_ACCESS_KEY_ID": KEY,
        "S3_SECRET_ACCESS_KEY": SECRET,
    }
