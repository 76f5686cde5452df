from celery import shared_task

from bookings import services
from bookings.models import Booking


@shared_task(name="bookings.sweep")
def sweep() -> None:
    """Everything of a booking that is due by now."""
    end_left()
    for booking_id in services.due_request_ids():
        services.lapse_request(booking_id=booking_id)
    for booking_id in services.due_payment_ids():
        services.lapse_payment(booking_id=booking_id)
    for proposal_id in services.due_joint_ids():
        services.lapse_joint(proposal_id=proposal_id)
    for reminder_id in services.due_reminder_ids():
        services.send_reminder(reminder_id=reminder_id)


@shared_task(name="bookings.close_payment")
def close_payment(booking_id: int) -> None:
    """Sooner than the end of the payment window, which closes the page in any case."""
    services.close_payment(booking=Booking.objects.get(pk=booking_id))


@shared_task(name="bookings.end_left")
def end_left() -> None:
    """What members who closed their account had open."""
    for booking_id in services.due_left_ids():
        services.end_left(booking_id=booking_id)
