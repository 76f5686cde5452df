"""Delays of a member's rights (ST-21 to ST-23, K-34)."""

from datetime import timedelta

# How long one may come back.
REACTIVATION = timedelta(days=15)
# How long before its end the last e-mail leaves.
LAST_WARNING = timedelta(days=3)
# An erasure that something still stops is tried again.
NEXT_TRY = timedelta(days=1)
# An archive of one's data: how often, and how long it stays.
EXPORT_PACE = timedelta(days=1)
EXPORT_KEPT = timedelta(days=7)
EXPORT_TRIES = 5
# Longer than an erasure or an archive takes: one this old was left behind by a worker that died.
CLAIM = timedelta(hours=1)
