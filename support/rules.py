"""How long the team takes. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

HOURS_PER_DAY = 24
FRIDAY, SATURDAY = 4, 5
# Where the team works.
OFFICE = ZoneInfo("Europe/Paris")


def target_after(start: datetime, hours: int) -> datetime:
    """The instant when so many hours have passed that are no Saturday's or Sunday's."""
    days, rest = divmod(hours, HOURS_PER_DAY)
    moment = start.astimezone(OFFICE)
    if moment.weekday() >= SATURDAY:
        # As if it had come at the end of Friday: « the last day » is then a day, not the midnight that follows it.
        friday = moment - timedelta(days=moment.weekday() - FRIDAY)
        moment = datetime.combine(friday, time(23, 59, 59), OFFICE)
    for _day in range(days):
        moment = _working_day(moment + timedelta(days=1))
    return _working_day(moment + timedelta(hours=rest))


def _working_day(moment: datetime) -> datetime:
    while moment.weekday() >= SATURDAY:
        moment += timedelta(days=1)
    return moment
