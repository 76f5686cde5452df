"""Where an outgoing e-mail stands."""

from datetime import timedelta

# Waiting after each failed attempt; after the last one the e-mail is given up and shown to staff.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
