from celery import shared_task

from messaging import services


@shared_task(name="messaging.notify_unread")
def notify_unread() -> None:
    for state_id in services.threads_to_remind():
        services.notify_unread(state_id=state_id)
    for daily_id in services.digests_to_send():
        services.send_digest(daily_id=daily_id)
