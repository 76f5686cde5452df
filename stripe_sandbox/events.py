"""Events: built when something changes, signed, and sent by a courier with the faults asked for."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import stripe

from stripe_sandbox.store import Row, Store, public

TRANSFERS_CHANGED = "v2.core.account[configuration.recipient].capability_status_updated"
REQUIREMENTS_CHANGED = "v2.core.account[requirements].updated"


class Endpoint(StrEnum):
    SNAPSHOT = "v1"
    THIN = "v2"


@dataclass(frozen=True)
class Event:
    id: str
    type: str
    endpoint: Endpoint
    body: str

    def signature(self, secret: str) -> str:
        return str(stripe.WebhookSignature.generate_signature_header(self.body, secret))


def iso(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def snapshot(store: Store, event_type: str, row: Row) -> None:
    """A v1 event carries the object as it was."""
    event = store.add(
        "evt",
        "event",
        api_version=stripe.api_version,
        type=event_type,
        pending_webhooks=1,
        request={"id": None, "idempotency_key": None},
        data={"object": json.loads(json.dumps(public(row)))},
    )
    store.news.append(event)


def thin(store: Store, event_type: str, account_id: str) -> None:
    """A v2 event names the object only."""
    event = store.add(
        "evt_test",
        "v2.core.event",
        created=iso(store.clock()),
        type=event_type,
        context=None,
        related_object={"id": account_id, "type": "v2.core.account", "url": f"/v2/core/accounts/{account_id}"},
    )
    store.news.append(event)


def as_event(row: Row) -> Event:
    endpoint = Endpoint.SNAPSHOT if row["object"] == "event" else Endpoint.THIN
    return Event(row["id"], row["type"], endpoint, json.dumps(public(row)))


def unsent(store: Store) -> list[Event]:
    """Events of an earlier run that nobody acknowledged, oldest first."""
    rows = [*store.all("event"), *store.all("v2.core.event")]
    return [as_event(row) for row in reversed(rows) if not row.get("_acknowledged")]


def acknowledge(store: Store, event: Event) -> None:
    row = store.find(event.id)
    if row is not None:
        store.save(row | {"_acknowledged": True})
