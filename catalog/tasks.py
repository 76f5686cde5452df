from celery import shared_task

from catalog import services


@shared_task(name="catalog.measure_answers")
def measure_answers() -> None:
    services.measure_answers()
