"""The root of every refusal a person can read."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule was not met. `user_message` says what happened, what it means and what to do."""

    user_message: str | Promise = _("Cette action n’est pas possible.")

    def __init__(self, user_message: str | Promise | None = None) -> None:
        if user_message is not None:
            self.user_message = user_message
        super().__init__(str(self.user_message))


class IllegalMove(DomainError):
    """The object is not in a state from which this can be done, usually because somebody else acted meanwhile."""

    user_message = _("Cette étape a changé entre-temps. La page a été mise à jour.")


class RateLimited(DomainError):
    user_message = _("Trop de tentatives. Réessayez dans 5 minutes.")
