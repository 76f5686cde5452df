"""What a later app waits for from one of the two people of a booking: each registers a condition in its `ready()`.

It stands in « Mes sessions vidéo » under what is to be answered, which knows no app above this one.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.db.models import Q

from accounts.models import User

# The bookings that wait for this member.
Condition = Callable[[User], Q]

_conditions: list[Condition] = []


def register(condition: Condition) -> None:
    if condition not in _conditions:
        _conditions.append(condition)


def awaited_from(user: User) -> Q:
    nothing = Q(pk__in=[])
    return reduce(or_, [condition(user) for condition in _conditions], nothing)
