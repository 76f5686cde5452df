"""What a mentor proposes, as it stands in the conversation, and where he proposes it (K-14)."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.models import User
from bookings import presentation, selectors
from bookings.models import Suggestion
from core import clock
from mentors.selectors import is_bookable
from messaging import cards
from messaging.models import Message, Thread


def register() -> None:
    cards.register("suggestion", draw, summary=summarize, load=load)
    cards.register_aside(draw_aside)


def load(messages: Sequence[Message]) -> Mapping[str, Suggestion]:
    return selectors.find_suggestions({message.reference for message in messages})


def draw(message: Message, viewer: User) -> cards.Drawn | None:
    suggestion = message.about
    if not isinstance(suggestion, Suggestion) or viewer.pk not in (suggestion.mentor_id, suggestion.learner_id):
        return None
    is_live = suggestion.is_live(clock.now())
    return "bookings/_card_suggestion.html", {
        "suggestion": suggestion,
        "is_mine": viewer.pk == suggestion.mentor_id,
        "is_live": is_live,
        "badge": badge_of(suggestion, is_live=is_live),
    }


def badge_of(suggestion: Suggestion, *, is_live: bool) -> presentation.Badge:
    if suggestion.booking_id:
        return presentation.Badge(_("Demande envoyée"), "success")
    return presentation.Badge(_("Proposition du mentor"), "info") if is_live else presentation.Badge(_("Expirée"))


def summarize(message: Message, viewer: User) -> str:
    if message.author_id == viewer.pk:
        return _("Vous avez proposé une session.")
    return _("%(name)s vous propose une session.") % {"name": message.author.get_short_name() if message.author else ""}


def draw_aside(thread: Thread, viewer: User) -> cards.Drawn | None:
    """The mentor proposes a session to a member who wrote to him."""
    other = thread.other(viewer)
    if not is_bookable(viewer) or not selectors.is_in_touch(viewer, other):
        return None
    return "bookings/_aside_suggestion.html", {"other": other}
