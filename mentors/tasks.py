from celery import shared_task
from django.conf import settings

from mentors import services
from mentors.selectors import sirens_to_consult


@shared_task(name="mentors.consult_register")
def consult_register() -> None:
    """The numbers for which the register gave no answer when they were typed."""
    if settings.COMPANY_REGISTER_URL:
        for siren in sirens_to_consult():
            services.consult_register(siren=siren)
