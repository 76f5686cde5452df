"""Who a session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from accounts.models import User
from core.prepared import Prepared


@Prepared
def _members(member: int) -> QuerySet[User]:
    return User.objects.select_related("page").filter(pk=member)


class MemberBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """A member comes with his page: its photo stands in the header of everything he reads."""

    def get_user(self, user_id: int) -> User | None:
        user = _members.first(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
