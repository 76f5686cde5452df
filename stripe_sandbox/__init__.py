"""A stand-in for Stripe: stateful, strict, with a bank page. For the demo and the tests; the product never imports it.

The product reaches it with Stripe's own SDK, over HTTP (`python -m stripe_sandbox`) or through
`stripe_sandbox.client.SandboxClient` in process. Its state lives outside the product's database, so that a rollback of
ours never rolls Stripe back.
"""

from stripe_sandbox.faults import Fault, FaultKind
from stripe_sandbox.sandbox import Sandbox

__all__ = ["Fault", "FaultKind", "Sandbox"]
