"""The sandbox over HTTP: the API, the pages, and a few controls under `/_sandbox/` for demos and fault tests."""

import json
import logging
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stripe_sandbox import web
from stripe_sandbox.errors import LostAnswer, Refusal
from stripe_sandbox.faults import Fault, FaultKind
from stripe_sandbox.resources.accounts import Outcome
from stripe_sandbox.sandbox import Request, Sandbox
from stripe_sandbox.store import Row

log = logging.getLogger(__name__)

API = ("/v1/", "/v2/")


def _add_fault(sandbox: Sandbox, given: Row) -> None:
    kind = FaultKind(given["kind"])
    sandbox.faults.add(Fault(given["target"], kind, int(given.get("times", 1)), float(given.get("seconds", 0))))


def _check_seen(sandbox: Sandbox, given: Row) -> None:
    if not any(target.startswith(given["target"]) for target, _key, _status in sandbox.log):
        raise Refusal("Not yet.", status=404)


# Things that happen at Stripe without anybody of us asking.
CONTROLS: dict[str, Callable[[Sandbox, Row], None]] = {
    "/_sandbox/faults/": _add_fault,
    "/_sandbox/faults/clear/": lambda sandbox, _given: sandbox.faults.clear(),
    "/_sandbox/seen/": _check_seen,
    "/_sandbox/accounts/settle/": lambda sandbox, given: sandbox.settle_account(
        given["account"], Outcome(given.get("outcome", Outcome.COMPLETE))
    ),
    "/_sandbox/accounts/restrict/": lambda sandbox, given: sandbox.restrict_account(given["account"]),
    "/_sandbox/accounts/empty/": lambda sandbox, given: sandbox.empty_account(given["account"]),
}


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
        elif path in CONTROLS and method == "post":
            self._control(path, body)
        else:
            page = web.visit(self.server.sandbox, method, path, body)
            self._send(page.status, page.body, page.headers)

    def _api(self, method: str, body: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            reply = self.server.sandbox.request(Request(method, self.path, headers, body))
        except LostAnswer:
            # The client sees the connection end without an answer.
            self.close_connection = True
            return
        self._json(reply.status, reply.body)

    def _control(self, path: str, body: str) -> None:
        try:
            CONTROLS[path](self.server.sandbox, json.loads(body or "{}"))
        except (KeyError, ValueError) as error:
            self._json(400, {"error": repr(error)})
        except Refusal as refusal:
            self._json(refusal.status, refusal.body)
        else:
            self._json(200, {})

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
