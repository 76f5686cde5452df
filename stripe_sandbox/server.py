"""The sandbox over HTTP: the API, the pages, and a few controls under `/_sandbox/` for demos and fault tests."""

import json
import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from stripe_sandbox import controls, web
from stripe_sandbox.errors import LostAnswer, Refusal
from stripe_sandbox.sandbox import Request, Sandbox
from stripe_sandbox.store import Row

log = logging.getLogger(__name__)

API = ("/v1/", "/v2/")


class SandboxServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        super().__init__(address, Handler)
        self.sandbox = sandbox


class Handler(BaseHTTPRequestHandler):
    server: SandboxServer
    protocol_version = "HTTP/1.1"
    # Headers and body leave together: apart, the second waits 40 ms for the first to be acknowledged.
    wbufsize = -1
    disable_nagle_algorithm = True
    server_version = "sandbox"

    def do_GET(self) -> None:
        self._answer("get")

    def do_HEAD(self) -> None:
        self._answer("get")

    def do_POST(self) -> None:
        self._answer("post")

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = self.path.partition("?")[0]
        if path.startswith(API):
            self._api(method, body)
        elif method == "post" and self._is_foreign():
            self._json(403, {"error": "This form was sent by another site."})
        elif method == "post" and path.removeprefix(controls.ROOT) in controls.CONTROLS:
            self._control(path.removeprefix(controls.ROOT), body)
        else:
            page = web.visit(self.server.sandbox, method, self.path, body)
            self._send(page.status, page.body, page.headers)

    def _is_foreign(self) -> bool:
        """A page of another site, open in the same browser, may not press the buttons here."""
        origin = self.headers.get("Origin")
        return origin is not None and urlsplit(origin).netloc != self.headers.get("Host")

    def _api(self, method: str, body: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            reply = self.server.sandbox.request(Request(method, self.path, headers, body))
        except LostAnswer:
            # The client sees the connection end without an answer.
            self.close_connection = True
            return
        self._json(reply.status, reply.body)

    def _control(self, name: str, body: str) -> None:
        try:
            given = json.loads(body or "{}")
            self._json(200, controls.carry_out(self.server.sandbox, name, given))
        except ValueError as error:
            self._json(400, {"error": repr(error)})
        except Refusal as refusal:
            self._json(refusal.status, refusal.body)

    def _json(self, status: int, body: Row) -> None:
        self._send(status, json.dumps(body), {"Content-Type": "application/json", "Request-Id": "req_sandbox"})

    def _send(self, status: int, body: str, headers: dict[str, str]) -> None:
        content = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
        log.debug(format, *args)
