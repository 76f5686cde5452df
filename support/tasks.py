from celery import shared_task

from support import services


@shared_task(name="support.sweep")
def sweep() -> None:
    for ticket_id in services.due_warning_ids():
        services.warn(ticket_id=ticket_id)
    for ticket_id in services.due_closing_ids():
        services.lapse(ticket_id=ticket_id)
    for ticket_id in services.due_forgetting_ids():
        services.forget_visitor(ticket_id=ticket_id)
