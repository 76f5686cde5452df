"""The company that invoices: name, address, SIREN, VAT regime (SK-22, SK-24)."""

from django.db import transaction

from accounts.models import User
from billing.models import BillingProfile


@transaction.atomic
def keep_company(*, user: User, company: BillingProfile) -> BillingProfile:
    """Keep what a checked form read. Invoices already issued do not change."""
    User.objects.select_for_update().get(pk=user.pk)
    known = BillingProfile.objects.filter(user=user).first()
    company.pk = known.pk if known else None
    company.user = user
    company.save(force_insert=known is None)
    return company
