from celery import shared_task

from reviews import services


@shared_task(name="reviews.sweep_invitations")
def sweep_invitations() -> None:
    for invitation_id in services.due_invitations():
        services.send_invitation(invitation_id=invitation_id)
