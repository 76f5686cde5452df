"""The learner's customer object at Stripe, made at his first payment."""

from accounts.models import User
from billing.gateway import get_gateway
from billing.models import StripeCustomer


def get_customer_id(user: User) -> str:
    """Never inside a transaction: Stripe may be called. Two requests at once get the same customer, by its key."""
    known = StripeCustomer.objects.filter(user=user).first()
    if known:
        return known.stripe_id
    stripe_id = get_gateway().create_customer(
        email=user.email,
        name=user.get_full_name(),
        language=user.language,
        key=f"customer:{user.pk}:{int(user.date_joined.timestamp())}",
    )
    StripeCustomer.objects.bulk_create([StripeCustomer(user_id=user.pk, stripe_id=stripe_id)], ignore_conflicts=True)
    return StripeCustomer.objects.get(user=user).stripe_id
