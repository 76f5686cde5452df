from celery import shared_task

from notifications import services


@shared_task(name="notifications.send_email")
def send_email(email_id: int) -> None:
    services.deliver(email_id=email_id)


@shared_task(name="notifications.send_due_emails")
def send_due_emails() -> None:
    for email_id in services.due_email_ids():
        services.deliver(email_id=email_id)


@shared_task(name="notifications.announce_texts")
def announce_texts() -> None:
    """Nothing to look for unless a new version of a legal text is announced; then a piece each minute."""
    services.announce_piece()


@shared_task(name="notifications.forget_old_emails")
def forget_old_emails() -> None:
    while services.forget_old_emails():
        pass
