"""The sandbox in process: an HTTP client for `stripe.StripeClient`."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import stripe

from stripe_sandbox.errors import LostAnswer
from stripe_sandbox.sandbox import Request, Sandbox

# The SDK leaves its constructor untyped.
CONNECTION_ERROR: Callable[..., Exception] = stripe.APIConnectionError


class SandboxClient(stripe.HTTPClient):
    name = "sandbox"

    def __init__(self, current: Callable[[], Sandbox]) -> None:
        """`current` gives the sandbox of the moment: each test has its own."""
        super().__init__()
        self._current = current

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        try:
            reply = self._current().request(Request(method, url, lowered, post_data or ""))
        except LostAnswer:
            raise CONNECTION_ERROR("The connection was reset.", should_retry=True) from None
        return json.dumps(reply.body), reply.status, {"Request-Id": "req_sandbox"}

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0.0

    def close(self) -> None:
        """Nothing is open."""
