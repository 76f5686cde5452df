"""How bookings stand in a conversation: cards, the summary at the side, two filters of the list (SK-58)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from billing.services.payments import quote
from bookings import joint_cards, presentation, selectors
from bookings.models import Booking, BookingVersion, JointProposal
from bookings.states import ENDED, OPEN, PAYABLE
from core import clock
from messaging import cards
from messaging.models import Message, Thread, ThreadQuerySet

# Cards that show terms; the others are one line.
_VERSIONS = frozenset({"requested", "countered"})
_JOINT = frozenset({"hour_proposed", "cancellation_proposed"})


@dataclass(frozen=True)
class VersionCard:
    """One proposal in the thread: live with its actions, or replaced."""

    booking: Booking
    version: BookingVersion
    viewer: User
    author: User
    other: User
    is_current: bool
    # Replaced, or the booking is over: one sentence is enough.
    is_short: bool
    changes: list[presentation.Change]
    badge: presentation.Badge
    actions: presentation.Actions
    # Another open request of the mentor's at that time.
    overlaps: bool = False


def register() -> None:
    cards.register("booking", draw, summary=summarize, load=load)
    cards.register_aside(draw_aside)
    cards.register_filter(cards.ThreadFilter("demandes", gettext_lazy("Demandes"), _with_requests))
    cards.register_filter(cards.ThreadFilter("reservations", gettext_lazy("Réservations"), _with_bookings))


@dataclass(frozen=True)
class Loaded:
    """What a card is about, read once for all the cards of a page."""

    booking: Booking
    notice: timedelta


def load(messages: Sequence[Message]) -> Mapping[str, Loaded]:
    found = selectors.find_bookings({message.reference for message in messages})
    settled = {message.reference for message in messages if "proposal" in message.data}
    prefetch_related_objects([found[reference] for reference in settled & found.keys()], "joint_proposals")
    may_cancel = any(booking.status in presentation.CANCELABLE for booking in found.values())
    notice = selectors.cancellation_notice() if may_cancel else timedelta()
    return {reference: Loaded(booking, notice) for reference, booking in found.items()}


def draw(message: Message, viewer: User) -> cards.Drawn | None:
    about = message.about
    if not isinstance(about, Loaded) or not about.booking.has(viewer):
        return None
    actions = presentation.actions_for(about.booking, viewer, clock.now(), about.notice)
    if message.data.get("event") in _VERSIONS:
        return "bookings/_card.html", {"card": _version_card(about.booking, message.data["version"], viewer, actions)}
    proposal = _proposal_of(about.booking, message)
    if proposal and message.data["event"] in _JOINT:
        return "bookings/_card_joint.html", {"card": joint_cards.card_of(proposal, viewer, clock.now())}
    context = _event_context(about.booking, message, viewer, actions)
    return "bookings/_card_event.html", context | {"proposal": proposal}


def _proposal_of(booking: Booking, message: Message) -> JointProposal | None:
    """What the two settle together, if the card is about that."""
    named = message.data.get("proposal")
    if named is None:
        return None
    proposal = next(each for each in booking.joint_proposals.all() if each.reference == named)
    proposal.booking = booking
    return proposal


def _version_card(booking: Booking, number: int, viewer: User, actions: presentation.Actions) -> VersionCard:
    versions = {version.number: version for version in booking.versions.all()}
    version = versions[number]
    previous = versions.get(number - 1)
    is_current = number == booking.version
    return VersionCard(
        booking=booking,
        version=version,
        viewer=viewer,
        author=booking.learner if version.author_id == booking.learner_id else booking.mentor,
        other=booking.other(viewer),
        is_current=is_current,
        is_short=not is_current or booking.status in ENDED,
        changes=presentation.changes(booking, previous, version) if previous else [],
        badge=presentation.badge_for(booking, viewer) if is_current else presentation.Badge(_("Remplacée")),
        actions=actions if is_current else presentation.Actions(),
        overlaps=_overlaps(booking, viewer) if is_current and actions.answer else False,
    )


def _overlaps(booking: Booking, viewer: User) -> bool:
    return viewer.pk == booking.mentor_id and selectors.overlapping_requests(booking).exists()


def _event_context(
    booking: Booking, message: Message, viewer: User, actions: presentation.Actions
) -> dict[str, object]:
    return {
        "booking": booking,
        "message": message,
        "event": message.data.get("event"),
        "data": message.data,
        "sentence": summarize(message, viewer),
        "viewer": viewer,
        "other": booking.other(viewer),
        "is_learner": viewer.pk == booking.learner_id,
        "actions": actions,
    }


def summarize(message: Message, viewer: User) -> str:
    """One line of the list and of the thread. The author speaks as « vous » to himself."""
    event = str(message.data.get("event"))
    if message.data.get("together"):
        return _("Session annulée d’un commun accord.")
    if message.author_id is None:
        return _SPOKEN_BY_PRODUCT.get(event, lambda: "")()
    if message.author_id == viewer.pk:
        return _SPOKEN_BY_VIEWER.get(event, lambda: "")()
    name = message.author.get_short_name() if message.author else ""
    return _SPOKEN_BY_OTHER.get(event, lambda: "")() % {"name": name}


_SPOKEN_BY_PRODUCT = {
    "confirmed": lambda: _("Session payée et confirmée."),
    "lapsing": lambda: _("La proposition expire bientôt."),
    "lapsed": lambda: _("La demande a expiré sans réponse."),
    "payment_lapsed": lambda: _("Le paiement n’a pas été fait à temps. Il peut être rouvert jusqu’au début prévu."),
    "paid_too_late": lambda: _(
        "Le paiement est arrivé trop tard\u202f: il est devenu du crédit, la session n’a pas lieu."
    ),
    "closed": lambda: _("Session terminée."),
    "not_held": lambda: _("La session n’a pas eu lieu ce jour-là. Le montant reste bloqué."),
}
_SPOKEN_BY_VIEWER = {
    "requested": lambda: _("Vous avez envoyé une demande de session."),
    "countered": lambda: _("Vous avez proposé une modification."),
    "accepted": lambda: _("Vous avez accepté la proposition."),
    "declined": lambda: _("Vous avez refusé la proposition."),
    "withdrawn": lambda: _("Vous avez retiré votre proposition."),
    "canceled": lambda: _("Vous avez annulé la session."),
    "hour_proposed": lambda: _("Vous avez proposé une autre heure."),
    "hour_agreed": lambda: _("Vous avez accepté l’autre heure."),
    "hour_refused": lambda: _("Vous avez gardé l’heure prévue."),
    "hour_withdrawn": lambda: _("Vous ne proposez plus d’autre heure."),
    "cancellation_proposed": lambda: _("Vous avez proposé d’annuler d’un commun accord."),
    "cancellation_refused": lambda: _("Vous avez refusé d’annuler la session."),
    "cancellation_withdrawn": lambda: _("Vous ne proposez plus d’annuler la session."),
}
_SPOKEN_BY_OTHER = {
    "requested": lambda: _("%(name)s demande une session."),
    "countered": lambda: _("%(name)s propose une modification."),
    "accepted": lambda: _("%(name)s a accepté la proposition."),
    "declined": lambda: _("%(name)s a refusé la proposition."),
    "withdrawn": lambda: _("%(name)s a retiré sa proposition."),
    "canceled": lambda: _("%(name)s a annulé la session."),
    "hour_proposed": lambda: _("%(name)s propose une autre heure."),
    "hour_agreed": lambda: _("%(name)s a accepté l’autre heure."),
    "hour_refused": lambda: _("%(name)s préfère garder l’heure."),
    "hour_withdrawn": lambda: _("%(name)s ne propose plus d’autre heure."),
    "cancellation_proposed": lambda: _("%(name)s propose d’annuler d’un commun accord."),
    "cancellation_refused": lambda: _("%(name)s refuse d’annuler la session."),
    "cancellation_withdrawn": lambda: _("%(name)s ne propose plus d’annuler la session."),
}


def draw_aside(thread: Thread, viewer: User) -> cards.Drawn | None:
    """The booking of this pair that still asks for something, the newest first."""
    booking = selectors.open_between(thread.first, thread.second)
    if booking is None:
        return None
    context: dict[str, object] = {
        "booking": booking,
        "version": booking.current_version(),
        "viewer": viewer,
        "other": booking.other(viewer),
        "badge": presentation.badge_for(booking, viewer),
        "actions": presentation.actions_for(booking, viewer, clock.now()),
        "price_lines": presentation.price_lines(
            booking.hourly_rate_cents, booking.duration_minutes, booking.maximum_cents
        ),
    }
    if viewer.pk == booking.learner_id and booking.status in OPEN | PAYABLE:
        context["quote"] = quote(payer=viewer, total_cents=booking.maximum_cents)
    return "bookings/_aside.html", context


def _of_pair(statuses: Q) -> Exists:
    pair = Q(learner=OuterRef("first"), mentor=OuterRef("second")) | Q(
        learner=OuterRef("second"), mentor=OuterRef("first")
    )
    return Exists(Booking.objects.filter(pair & statuses))


def _with_requests(threads: ThreadQuerySet, _viewer: User) -> ThreadQuerySet:
    return threads.filter(_of_pair(Q(status__in=OPEN)))


def _with_bookings(threads: ThreadQuerySet, _viewer: User) -> ThreadQuerySet:
    return threads.filter(_of_pair(~Q(status__in=OPEN)))
