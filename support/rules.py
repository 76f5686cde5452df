"""How long the team takes. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.holidays import is_day_off

HOURS_PER_DAY = 24
# Where the team works.
OFFICE = ZoneInfo("Europe/Paris")


def target_after(start: datetime, hours: int) -> datetime:
    """The instant when so many hours have passed that belong to no week-end and no public holiday."""
    days, rest = divmod(hours, HOURS_PER_DAY)
    moment = start.astimezone(OFFICE)
    if is_day_off(moment.date()):
        # As if it had come at the end of the day before: « the last day » is then a day, not the midnight after it.
        moment = datetime.combine(_last_working_day(moment), time(23, 59, 59), OFFICE)
    for _day in range(days):
        moment = _working_day(moment + timedelta(days=1))
    return _working_day(moment + timedelta(hours=rest))


def _last_working_day(moment: datetime) -> datetime:
    while is_day_off(moment.date()):
        moment -= timedelta(days=1)
    return moment


def _working_day(moment: datetime) -> datetime:
    while is_day_off(moment.date()):
        moment += timedelta(days=1)
    return moment
