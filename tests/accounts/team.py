"""People of the team, each with a role, and what they look at."""

from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from accounts.roles import Role


def person_with(*roles: Role, name: str = "") -> User:
    first_name = name or "-".join(role.name for role in roles) or "nobody"
    user = User.objects.create_user(
        f"{first_name}@team.example", "sesame-ouvre-toi", first_name=first_name, last_name="Équipe", is_staff=True
    )
    user.groups.set(Group.objects.filter(name__in=[role.name for role in roles]))
    return user


def signed_in(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def decided_on(team: Client, address: str, **said: str) -> Any:
    """The form of a decision, sent as it was read."""
    seen = team.get(address).context["form"]["seen"].value()
    return team.post(address, {"seen": seen} | said)


def text_of(response: Any) -> str:
    text: str = response.content.decode()
    return text
