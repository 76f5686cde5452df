"""Where a run listens."""

from core.embedded.places import ServiceError
from core.embedded.supervisor import check_port

FIRST_PORT, LAST_PORT = 8400, 8800


def free_pair() -> int:
    """The first of two neighbouring ports nobody listens on: the product's, and Stripe's stand-in's."""
    for port in range(FIRST_PORT, LAST_PORT, 2):
        try:
            check_port(port)
            check_port(port + 1)
        except ServiceError:
            continue
        return port
    raise ServiceError("No free port.")
