from celery import shared_task

from cases import services


@shared_task(name="cases.sweep")
def sweep() -> None:
    """Every case whose delay is over by now."""
    for case_id in services.due_case_ids():
        services.run_due(case_id=case_id)


@shared_task(name="cases.open_forgotten")
def open_forgotten() -> None:
    for booking in services.bookings_without_case():
        services.open_not_held(booking=booking)
