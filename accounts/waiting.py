"""How long somebody has waited for the team."""

from datetime import timedelta

from django.utils.translation import gettext as _

SECONDS_PER_MINUTE = 60
MINUTES_PER_HOUR = 60
HOURS_PER_DAY = 24


def age_in_words(age: timedelta) -> str:
    """« 3 j 4 h », « 2 h », « 5 min »: what matters of a wait."""
    minutes = max(int(age.total_seconds()) // SECONDS_PER_MINUTE, 0)
    hours = minutes // MINUTES_PER_HOUR
    days = hours // HOURS_PER_DAY
    if days:
        return _("%(days)d j %(hours)d h") % {"days": days, "hours": hours % HOURS_PER_DAY}
    if hours:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(minutes)d min") % {"minutes": minutes}
