"""`python -m stripe_sandbox --port 8001 --journal var/stripe.jsonl --webhook-url … --secret …`."""

import argparse
import logging
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

from stripe_sandbox.courier import Address, Courier
from stripe_sandbox.events import Endpoint, unsent
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.server import SandboxServer

TICK_SECONDS = 5


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="stripe_sandbox", description="A stand-in for Stripe, for demos and tests.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--public-url", default="", help="how browsers reach it (default: http://localhost:PORT)")
    parser.add_argument("--site-url", default="", help="where its page leads back to")
    parser.add_argument("--journal", type=Path, help="file that keeps the state; without it everything is forgotten")
    parser.add_argument("--webhook-url", default="", help="where snapshot events (API v1) go")
    parser.add_argument("--webhook-url-v2", default="", help="where thin events (API v2) go")
    parser.add_argument("--secret", default="whsec_sandbox")
    parser.add_argument("--secret-v2", default="whsec_sandbox_v2")
    return parser.parse_args()


def _courier(options: argparse.Namespace, sandbox: Sandbox) -> Courier:
    given = {
        Endpoint.SNAPSHOT: Address(options.webhook_url, options.secret),
        Endpoint.THIN: Address(options.webhook_url_v2, options.secret_v2),
    }
    addresses = {endpoint: address for endpoint, address in given.items() if address.url}
    return Courier(addresses, delivered=sandbox.acknowledge)


def _tick_forever(sandbox: Sandbox) -> None:
    """Payment pages nobody came back to close too, and say so; test cards do what they do « some time later »."""
    while True:
        time.sleep(TICK_SECONDS)
        sandbox.pass_time()


def main() -> None:
    options = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    address = options.public_url or f"http://localhost:{options.port}"
    sandbox = Sandbox(base_url=address, site_url=options.site_url, journal=options.journal)
    courier = _courier(options, sandbox)
    sandbox.send_with(courier.send)
    with sandbox.store.lock:
        waiting = unsent(sandbox.store)
    for event in waiting:
        courier.send(event)
    courier.start()
    threading.Thread(target=_tick_forever, args=(sandbox,), daemon=True).start()
    server = SandboxServer((options.host, options.port), sandbox)
    # `shutdown` waits for the loop to end, so it cannot be called from the loop's own thread.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    try:
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    finally:
        server.server_close()
        sandbox.store.close()


if __name__ == "__main__":
    main()
