"""The company that invoices (SK-22, SK-24), and what the public register says of it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from billing.models import BillingProfile
from core import clock
from mentors.company_register import RegisterUnreachable, look_up
from mentors.errors import CompanyClosed
from mentors.models import RegisterAnswer

FRESH_FOR = timedelta(days=1)


def keep_company(*, user: User, company: BillingProfile, now: datetime | None = None) -> BillingProfile:
    """Keep what a checked form read. Raises CompanyClosed. A register that does not answer refuses nobody."""
    answer = consult_register(siren=company.siren, now=now)
    if answer and answer.is_closed:
        raise CompanyClosed
    return _keep(user, company)


@transaction.atomic
def _keep(user: User, company: BillingProfile) -> BillingProfile:
    """Invoices already issued do not change."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = BillingProfile.objects.filter(user=user).first()
    company.pk = known.pk if known else None
    company.user = user
    company.save(force_insert=known is None)
    return company


def consult_register(*, siren: str, now: datetime | None = None) -> RegisterAnswer | None:
    """What the register says, asked once a day; the last answer when it is down, None when there is none.

    Over the network: never call it inside a transaction.
    """
    moment = now or clock.now()
    known = RegisterAnswer.objects.filter(siren=siren).first()
    if not settings.COMPANY_REGISTER_URL or not siren or (known and known.asked_at > moment - FRESH_FOR):
        return known
    try:
        company = look_up(siren)
    except RegisterUnreachable:
        return known
    facts = {
        "asked_at": moment,
        "is_known": company is not None,
        "is_closed": company.is_closed if company else False,
        "closed_on": company.closed_on if company else None,
        "name": company.name if company else "",
        "address": company.address if company else "",
    }
    return RegisterAnswer.objects.update_or_create(siren=siren, defaults=facts)[0]
