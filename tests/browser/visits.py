"""Every page and who sees it: the list that `test_pages` walks through.

An address is in `VISITS`, or in `WITHOUT_PAGE` with the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.urls import reverse

from accounts.models import User
from billing.models import Payout
from bookings.models import Booking, JointProposal
from bookings.states import JointKind, Status
from cases.states import Kind
from catalog.models import Category, Skill, Training
from core import clock
from core.models import Setting
from demo.people import CANDIDATE, LEARNERS, MENTORS, STAFF_EMAIL
from mentors.models import MentorProfile
from messaging.models import Thread
from notifications.models import Email
from reviews.models import Review
from sessions_video.models import Extension, RoomReport, VideoSession
from sessions_video.states import ExtensionStatus
from tests.browser import account_rows, case_rows, message_rows, money_rows, offer_rows, support_rows

LEA, TOM, AWA = (LEARNERS[key].email for key in ("lea", "tom", "awa"))
INES = MENTORS[0].email
MALIK, SAMIRA, HUGO, NOAH = (f"{name}@skilmi.example" for name in ("malik", "samira", "hugo", "noah"))
JEANNE = "jeanne@skilmi.example"
VISITOR = ""
# Gave his password, not yet his second factor.
AT_THE_DOOR = "isaac@skilmi.example"
LATER = datetime(2100, 1, 1, tzinfo=UTC)
Finder = Callable[[], tuple[object, ...]]


@dataclass(frozen=True)
class Visit:
    """One address, opened by one person. `find` gives what stands in the address."""

    who: str
    name: str
    find: Finder = tuple
    query: str = ""
    status: int = 200
    # Where the address sends to, when it does so on purpose.
    lands: str = ""
    label: str = ""

    def path(self) -> str:
        return reverse(self.name, args=self.find()) + self.query

    def __str__(self) -> str:
        person = self.who.partition("@")[0] or "visitor"
        return "-".join(filter(None, [person, self.name, self.query, self.label]))


def slug(email: str) -> Finder:
    return lambda: (User.objects.get(email=email).page.slug,)


def booking(learner: str, mentor: str, *statuses: Status) -> Finder:
    """The newest of these two, in one of these states."""
    wanted = {"learner__email": learner, "mentor__email": mentor, "status__in": statuses}
    return lambda: (Booking.objects.filter(**wanted).latest("pk").reference,)


def thread(one: str, other: str) -> Finder:
    def find() -> tuple[object, ...]:
        people = User.objects.filter(email__in=[one, other]).order_by("pk")
        return (Thread.objects.get(first=people[0], second=people[1]).reference,)

    return find


def training(of: str) -> Finder:
    return lambda: (Training.objects.filter(mentor__email=of).earliest("pk").slug,)


def reviewed(learner: str) -> Finder:
    return lambda: (Review.objects.filter(author__email=learner).latest("pk").booking.reference,)


def review_of(learner: str) -> Finder:
    return lambda: (Review.objects.filter(author__email=learner).latest("pk").reference,)


def received(mentor: str) -> Finder:
    return lambda: (Review.objects.filter(mentor__email=mentor).latest("pk").reference,)


def payout(of: str) -> Finder:
    return lambda: (Payout.objects.filter(mentor__email=of).latest("pk").reference,)


def this_year() -> tuple[object, ...]:
    return (f"{clock.now():%Y}",)


def this_month() -> tuple[object, ...]:
    return (f"{clock.now():%Y-%m}",)


def email() -> tuple[object, ...]:
    return (Email.objects.latest("pk").reference,)


def confirmation_key() -> tuple[object, ...]:
    user = User.objects.get(email=NOAH)
    address, _created = EmailAddress.objects.get_or_create(user=user, email="nouvelle@skilmi.example")
    return (EmailConfirmationHMAC(address).key,)


def reset_key() -> tuple[object, ...]:
    user = User.objects.get(email=NOAH)
    return (user_pk_to_url_str(user), default_token_generator.make_token(user))


def first(model: type[Model]) -> Finder:
    return lambda: (model._default_manager.earliest("pk").pk,)


def proposal(kind: JointKind, by: str, learner: str, mentor: str) -> Finder:
    """Something the other one of these two proposed about their confirmed session."""

    def find() -> tuple[object, ...]:
        row = Booking.objects.filter(learner__email=learner, mentor__email=mentor, status=Status.CONFIRMED).latest("pk")
        is_hour = kind == JointKind.HOUR
        made, _created = JointProposal.objects.get_or_create(
            booking=row,
            kind=kind,
            defaults={
                "author": User.objects.get(email=by),
                "starts_at": row.starts_at + timedelta(hours=1) if is_hour else None,
                "returned_cents": None if is_hour else row.maximum_cents,
                "note": "Mon train arrive tard.",
                "created_at": clock.now(),
                "lapses_at": LATER,
            },
        )
        return (row.reference, made.reference)

    return find


def member_and(verb: str) -> Finder:
    return lambda: (User.objects.get(email=NOAH).pk, verb)


def visits(who: str, *names: str) -> list[Visit]:
    return [Visit(who, name) for name in names]


def setting() -> tuple[object, ...]:
    by = User.objects.get(email=STAFF_EMAIL)
    row = {"value": 1500, "effective_from": LATER, "by": by, "reason": "Essai"}
    return (Setting.objects.get_or_create(key="commission_basis_points", defaults=row)[0].pk,)


def group() -> tuple[object, ...]:
    return (Group.objects.get_or_create(name="Essai")[0].pk,)


def candidate() -> tuple[object, ...]:
    return (MentorProfile.objects.get(user__email=CANDIDATE.email).pk,)


PUBLIC = [
    *visits(
        VISITOR,
        "pages:home",
        "pages:become_mentor",
        "pages:help",
        "pages:deadlines",
        "pages:terms",
        "pages:service_terms",
        "pages:privacy",
        "pages:legal_notice",
        "pages:accessibility",
        "pages:cookies",
        "pages:review_policy",
        "pages:ranking_policy",
        "catalog:community",
        "catalog:categories",
        "catalog:trainings",
        "sessions_video:check",
        "support:contact",
        "account_signup",
        "account_login",
        "account_inactive",
        "accounts:closed",
        "account_email_verification_sent",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "demo:index",
    ),
    Visit(VISITOR, "catalog:community", query="?q=tableaux"),
    Visit(VISITOR, "catalog:community", query="?q=zzzz"),
    Visit(VISITOR, "catalog:community_skill", lambda: (Skill.objects.get(name="Python").slug,)),
    Visit(VISITOR, "catalog:training", training(INES)),
    Visit(VISITOR, "pages:profile", slug(INES), label="mentor"),
    Visit(VISITOR, "pages:profile", slug(LEA), label="learner"),
    Visit(VISITOR, "pages:profile", lambda: ("personne",), status=404, label="unknown"),
    Visit(VISITOR, "account_confirm_email", confirmation_key),
    Visit(VISITOR, "account_confirm_email", lambda: ("0",), label="stale"),
    Visit(VISITOR, "account_reset_password_from_key", reset_key, lands="-set-password/"),
    Visit(VISITOR, "account_reset_password_from_key", lambda: ("1", "0"), label="stale"),
    Visit(VISITOR, "accounts:reactivation", account_rows.closed, label="in time"),
    Visit(VISITOR, "accounts:reactivation", account_rows.erased, label="too late"),
    Visit(VISITOR, "notifications:unsubscribe", message_rows.unsubscribing),
    Visit(VISITOR, "support:contact", query="?q=micro"),
    Visit(VISITOR, "support:motive", lambda: ("erreur",)),
    Visit(VISITOR, "support:visitor_ticket", support_rows.visitor_key),
    Visit(VISITOR, "demo:email", email),
    Visit(VISITOR, "demo:email_body", email),
]
LEARNER = [
    *visits(
        LEA,
        "pages:account",
        "pages:welcome",
        "pages:preferences",
        "accounts:closing",
        "accounts:data",
        "pages:profile_edit",
        "account_email",
        "account_change_password",
        "account_reauthenticate",
        "account_logout",
        "mfa_index",
        "mfa_activate_totp",
        "notifications:list",
        "billing:credit",
        "billing:credit_refund",
        "billing:invoices",
        "billing:onboarding_return",
        "messaging:inbox",
        "support:tickets",
        "bookings:my_sessions",
        "bookings:calendar_feed",
        "mentors:application",
        "mentors:billing",
        "catalog:offer",
    ),
    Visit(LEA, "bookings:my_sessions", query="?onglet=aujourdhui"),
    Visit(LEA, "bookings:my_sessions", query="?onglet=passees"),
    Visit(LEA, "pages:profile", slug(INES), label="mentor"),
    Visit(LEA, "messaging:thread", thread(LEA, INES)),
    Visit(LEA, "messaging:block", thread(LEA, INES)),
    Visit(LEA, "messaging:report", thread(LEA, INES)),
    Visit(LEA, "messaging:blocked"),
    Visit(LEA, "messaging:contact", slug(NOAH)),
    Visit(LEA, "support:contact"),
    Visit(LEA, "support:motive", lambda: ("paiement",)),
    Visit(LEA, "support:motive", lambda: ("session-non-tenue",), label="not-held"),
    Visit(LEA, "support:motive", lambda: ("reclamation",), label="complaint"),
    Visit(LEA, "support:motive", lambda: ("autre",), label="last-resort"),
    Visit(LEA, "support:ticket", support_rows.ticket(LEA)),
    Visit(LEA, "bookings:new", query="?mentor=ines-haddad"),
    Visit(LEA, "bookings:detail", booking(LEA, INES, Status.CONFIRMED), label="confirmed"),
    Visit(LEA, "bookings:detail", booking(LEA, MALIK, Status.COUNTERED), label="countered"),
    Visit(LEA, "bookings:detail", booking(LEA, SAMIRA, Status.SETTLED), label="settled"),
    Visit(LEA, "bookings:counter_offer", booking(LEA, MALIK, Status.COUNTERED)),
    Visit(LEA, "bookings:refusal", booking(LEA, MALIK, Status.COUNTERED)),
    Visit(LEA, "bookings:cancellation", booking(LEA, HUGO, Status.CONFIRMED)),
    Visit(LEA, "bookings:other_hour", booking(LEA, HUGO, Status.CONFIRMED)),
    Visit(LEA, "bookings:joint_acceptance", proposal(JointKind.HOUR, HUGO, LEA, HUGO), label="hour"),
    Visit(LEA, "bookings:joint_acceptance", proposal(JointKind.CANCELLATION, HUGO, LEA, HUGO), label="cancellation"),
    Visit(LEA, "sessions_video:check"),
    Visit(LEA, "sessions_video:room", booking(LEA, INES, Status.CONFIRMED)),
    Visit(LEA, "sessions_video:room", booking(LEA, HUGO, Status.CONFIRMED), status=403, label="another-day"),
    Visit(LEA, "sessions_video:room", booking(LEA, SAMIRA, Status.SETTLED), label="ended"),
    Visit(LEA, "sessions_video:proof", booking(LEA, SAMIRA, Status.SETTLED)),
    Visit(LEA, "cases:complaint", booking(LEA, SAMIRA, Status.SETTLED)),
    Visit(LEA, "cases:detail", case_rows.case_of(LEA, Kind.NOT_HELD), label="not-held"),
    Visit(LEA, "bookings:detail", booking(LEA, JEANNE, Status.NOT_HELD), label="not-held"),
    Visit(LEA, "reviews:new", booking(LEA, SAMIRA, Status.SETTLED)),
    Visit(LEA, "reviews:new", reviewed(LEA), label="done"),
    Visit(LEA, "reviews:edit", reviewed(LEA)),
    Visit(LEA, "reviews:detail", review_of(LEA)),
]
OTHER_MEMBERS = [
    Visit(AWA, "bookings:payment", booking(AWA, HUGO, Status.ACCEPTED)),
    *visits(TOM, "mfa_index", "mfa_deactivate_totp", "mfa_reauthenticate"),
    *visits(TOM, "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
    *visits(AT_THE_DOOR, "mfa_authenticate"),
    *visits(NOAH, "account_set_password"),
]
MENTOR = [
    *visits(
        INES,
        "pages:account",
        "pages:profile_edit",
        "mentors:application",
        "mentors:billing",
        "catalog:offer",
        "catalog:training_new",
        "billing:earnings",
        "billing:invoices",
        "billing:onboarding_return",
        "bookings:my_sessions",
        "messaging:inbox",
    ),
    Visit(INES, "billing:earnings", query="?periode=tout&etat=vires", label="sent"),
    Visit(INES, "billing:invoices", query="?onglet=commissions", label="commissions"),
    Visit(INES, "billing:payout", payout(INES)),
    Visit(INES, "billing:statement", this_year),
    Visit(INES, "billing:statement", this_month, label="month"),
    Visit(INES, "support:contact"),
    Visit(INES, "support:motive", lambda: ("avis",), label="reviews"),
    Visit(INES, "support:ticket", support_rows.ticket(INES), label="resolved"),
    Visit(INES, "pages:profile", slug(INES), label="own"),
    Visit(INES, "catalog:training_edit", training(INES)),
    Visit(INES, "catalog:training_edit", offer_rows.changed_slug, label="changed"),
    Visit(INES, "messaging:thread", thread(TOM, INES)),
    Visit(INES, "bookings:detail", booking(TOM, INES, Status.REQUESTED), label="requested"),
    Visit(INES, "bookings:suggestion_new", query="?membre=tom-riviere"),
    Visit(INES, "bookings:counter_offer", booking(TOM, INES, Status.REQUESTED)),
    Visit(INES, "bookings:refusal", booking(TOM, INES, Status.REQUESTED)),
    Visit(INES, "sessions_video:room", booking(LEA, INES, Status.CONFIRMED)),
    Visit(INES, "sessions_video:proof", booking(LEA, INES, Status.SETTLED)),
    Visit(INES, "reviews:detail", received(INES), label="received"),
    Visit(INES, "reviews:reply", received(INES)),
    Visit(INES, "reviews:edit_reply", received(INES), label="none-yet"),
    Visit(INES, "reviews:report", received(INES)),
]
CASES = [
    Visit(INES, "cases:detail", case_rows.case_of(INES, Kind.COMPLAINT), label="complaint"),
    Visit(TOM, "cases:appeal", case_rows.decided),
    Visit(TOM, "cases:detail", case_rows.decided, label="decided"),
]
CANDIDATES = visits(CANDIDATE.email, "pages:account", "mentors:application", "mentors:billing", "catalog:offer")


def room_report() -> tuple[object, ...]:
    session = VideoSession.objects.filter(phase="ended")[0]
    samples = [{"at": 3 * n, "grade": "good", "roundTrip": 20, "loss": 0} for n in range(30)]
    statistics = {"connection": {"state": "connected"}, "samples": samples}
    report, _ = RoomReport.objects.get_or_create(
        author=session.booking.learner,
        client_id=UUID(int=1),
        defaults={
            "video_session": session,
            "created_at": clock.now(),
            "topic": "image",
            "words": "L’image se fige.",
            "statistics": statistics,
        },
    )
    return (report.pk,)


def extension() -> tuple[object, ...]:
    session = VideoSession.objects.filter(phase="ended")[0]
    at = session.day_start
    row, _ = Extension.objects.get_or_create(
        request_id=UUID(int=1),
        defaults={
            "video_session": session,
            "ms": 900_000,
            "price_cents": 1500,
            "card_cents": 0,
            "hold_number": 2,
            "status": ExtensionStatus.REFUSED,
            "begun_at": at,
            "asked_at": at,
            "expires_at": at + 120_000,
            "decided_at": at + 60_000,
        },
    )
    return (row.pk,)


# Of these the demo has none.
ROWS_MADE: dict[type[Model], Finder] = {
    Setting: setting,
    Group: group,
    RoomReport: room_report,
    Extension: extension,
    **money_rows.ROWS,
    **message_rows.ROWS,
    **offer_rows.ROWS,
}


def of_staff() -> list[Visit]:
    """Each list of the team, one row of each, and what can be added or decided."""
    found = visits(STAFF_EMAIL, "admin:index", "admin:password_change")
    for model, options in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found.append(Visit(STAFF_EMAIL, f"{name}_changelist"))
        found.append(Visit(STAFF_EMAIL, f"{name}_change", ROWS_MADE.get(model, first(model))))
        if type(options).has_add_permission is admin.ModelAdmin.has_add_permission:
            found.append(Visit(STAFF_EMAIL, f"{name}_add"))
    user = User._meta
    found += [Visit(STAFF_EMAIL, f"admin:{user.app_label}_{user.model_name}_history", first(User))]
    return found


TEAM = [
    *of_staff(),
    *visits(STAFF_EMAIL, "pages:team"),
    *(Visit(STAFF_EMAIL, "admin:accounts_user_action", member_and(verb)) for verb in ("suspension", "roles", "vue")),
    Visit(STAFF_EMAIL, "admin:mentors_mentorprofile_decision", lambda: (*candidate(), "validation")),
    Visit(STAFF_EMAIL, "admin:mentors_mentorprofile_decision", lambda: (*candidate(), "refus")),
    Visit(STAFF_EMAIL, "admin:mentors_mentorprofile_change", candidate, label="waiting"),
    Visit(STAFF_EMAIL, "admin:catalog_training_decision", lambda: (*offer_rows.changed_training(), "validation")),
    Visit(STAFF_EMAIL, "admin:catalog_nameproposal_decision", lambda: (*offer_rows.proposal(), "refus")),
    Visit(STAFF_EMAIL, "admin:catalog_skill_merge", offer_rows.proposed_skill),
    Visit(STAFF_EMAIL, "admin:catalog_category_merge", lambda: (Category.objects.get(slug="langues").pk,)),
    Visit(STAFF_EMAIL, "admin:reviews_review_decision", lambda: (*first(Review)(), "retrait")),
    Visit(STAFF_EMAIL, "admin:reviews_review_decision", lambda: (*first(Review)(), "masque")),
    Visit(STAFF_EMAIL, "admin:accounts_user_lost_factor", first(User)),
    Visit(STAFF_EMAIL, "admin:app_list", lambda: ("billing",)),
    Visit(STAFF_EMAIL, "admin:messaging_report_decision", lambda: (*message_rows.report(), "validation")),
    Visit(STAFF_EMAIL, "admin:support_ticket_change", support_rows.waiting, label="waiting"),
    Visit(STAFF_EMAIL, "admin:support_ticket_decision", lambda: (*support_rows.waiting(), "resolution")),
    *(
        Visit(STAFF_EMAIL, "admin:support_ticket_treatment", partial(support_rows.treated, verb))
        for verb in ("prise", "priorite", "motif", "reunion")
    ),
    Visit(STAFF_EMAIL, "admin:cases_case_decision", lambda: (*case_rows.to_decide(), "partial")),
    Visit(STAFF_EMAIL, "admin:cases_case_change", case_rows.to_decide, label="waiting"),
    Visit(STAFF_EMAIL, "admin:billing_reconciliation"),
    Visit(STAFF_EMAIL, "admin:billing_exports"),
    Visit(STAFF_EMAIL, "admin:billing_correction_accord", money_rows.correction),
    Visit(STAFF_EMAIL, "admin:billing_correction_refus", money_rows.correction),
    Visit(STAFF_EMAIL, "admin:billing_payout_suspension", first(Payout)),
    Visit(STAFF_EMAIL, "admin:billing_ledgeraccount_change", money_rows.available_account, label="kept"),
]
VISITS = [*PUBLIC, *LEARNER, *OTHER_MEMBERS, *MENTOR, *CASES, *CANDIDATES, *TEAM]

ACTION = "takes a form and sends elsewhere: its page is the one that holds the form"
FILE = "a file, not a page"
FRAGMENT = "a part of a page that is in the list"
MACHINE = "spoken between programs"
WITHOUT_PAGE = {
    "health": MACHINE,
    "billing:webhook": MACHINE,
    "billing:webhook_v2": MACHINE,
    "sessions_video:ice": MACHINE,
    "sessions_video:report": ACTION,
    "sessions_video:check_ice": MACHINE,
    "sessions_video:proof_file": FILE,
    "billing:invoice_pdf": FILE,
    "billing:invoices_csv": FILE,
    "billing:invoices_zip": FILE,
    "billing:earnings_csv": FILE,
    "billing:statement_csv": FILE,
    "bookings:calendar": FILE,
    "bookings:feed": FILE,
    "bookings:calendar_feed_renewal": ACTION,
    "bookings:calendar_feed_removal": ACTION,
    "cases:of_booking": "leads to the case",
    "cases:file": FILE,
    "cases:thumbnail": FILE,
    "demo:email_attachment": FILE,
    "mfa_download_recovery_codes": FILE,
    "accounts:archive": FILE,
    "accounts:texts": "once a text has changed; `tests/accounts/test_legal_texts.py` changes one",
    "pages:legal_version": "the page of the text itself, with another version",
    "messaging:attachment": FILE,
    "messaging:thumbnail": FILE,
    **dict.fromkeys(["support:file", "support:thumbnail", "support:visitor_file", "support:visitor_thumbnail"], FILE),
    "support:closing": ACTION,
    "support:visitor_closing": ACTION,
    "messaging:news": FRAGMENT,
    "sessions_video:payment_return": "beside the room, after the bank; `test_extension_pages` passes through it",
    "bookings:payment_return": "waits for the bank, a moment only; `test_path` passes through it",
    "messaging:read": ACTION,
    "messaging:unblock": ACTION,
    "pages:robots": "text for robots",
    "pages:sitemap": "XML for robots",
    "pages:sitemap_part": "XML for robots",
    "notifications:read": ACTION,
    "notifications:read_all": ACTION,
    "notifications:mute": ACTION,
    "billing:onboarding": ACTION,
    "billing:credit_top_up": ACTION,
    "billing:credit_debt": ACTION,
    "billing:credit_csv": FILE,
    "billing:credit_payment": "waits for the bank, a moment only",
    "mentors:rate": ACTION,
    "mentors:availability": ACTION,
    "mentors:availability_removal": ACTION,
    "mentors:company": ACTION,
    "mentors:mandate": ACTION,
    "catalog:proposal": ACTION,
    "catalog:category_proposal": ACTION,
    "catalog:training_change_withdrawal": ACTION,
    "catalog:training_submission": ACTION,
    "catalog:skill_addition": ACTION,
    "catalog:skill_removal": ACTION,
    "bookings:acceptance": ACTION,
    "bookings:joint_refusal": ACTION,
    "bookings:joint_withdrawal": ACTION,
    "bookings:common_cancellation": "once the planned hour has passed; `test_negotiation` passes through it",
    "bookings:withdrawal": ACTION,
    "pages:photo": ACTION,
    "account_end_sessions": ACTION,
    "pages:photo_removal": ACTION,
    "pages:theme": ACTION,
    "pages:language": ACTION,
    "pages:team_view_end": ACTION,
    "demo:clock": ACTION,
    "demo:log_in": ACTION,
}
