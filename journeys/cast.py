"""The people of a run, made by the product's services before it begins: as many mentors as learners, signed in."""

from dataclasses import replace

from accounts.models import User
from core import clock
from demo.people import LEARNERS, MENTORS
from demo.world.people import add_candidate, add_learner, add_member, validate_mentor
from journeys.entrance import sign_in

LEARNER = next(iter(LEARNERS.values()))


def make_cast(count: int) -> list[dict[str, str]]:
    """One row for each pair: `mentor`, `learner` (cookies), `slug` (the mentor's page)."""
    staff = add_member("equipe@journey.invalid", "Camille", "Roux", joined=clock.now())
    staff.is_staff = staff.is_superuser = True
    staff.save(update_fields=["is_staff", "is_superuser"])
    pairs = [(_mentor(number, staff), _learner(number)) for number in range(count)]
    # As the rows are now: a session holds for the password it was opened with.
    cookies = sign_in(User.objects.all())
    return [
        {"mentor": cookies[mentor.pk], "learner": cookies[learner.pk], "slug": mentor.page.slug}
        for mentor, learner in pairs
    ]


def _mentor(number: int, staff: User) -> User:
    data = replace(MENTORS[0], email=f"mentor-{number}@journey.invalid", last_name=f"Haddad {number}", rate_cents=60_00)
    mentor = add_candidate(data, joined=clock.now())
    validate_mentor(mentor, staff)
    return mentor


def _learner(number: int) -> User:
    data = replace(LEARNER, email=f"learner-{number}@journey.invalid", last_name=f"Martin {number}")
    return add_learner(data, joined=clock.now())
