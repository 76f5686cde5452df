"""What the room tells people beside the booking's own notices. Templates: templates/emails/<kind>/."""

from notifications import kinds


def register() -> None:
    kinds.register(kinds.Kind("sessions_video.report_received", email=False))
    kinds.register(kinds.Kind("sessions_video.waiting"))
