"""Every address, asked for by everybody: a new one without a line in the table fails here."""

import pytest
from django.http import HttpResponse
from django.urls import reverse

from stripe_sandbox import Sandbox
from tests.architecture.world import OURS, World, admin_addresses, answer, signed_in

METHOD_NOT_ALLOWED = 405
ROLES = ("visitor", "stranger", "learner", "mentor", "team")
LOGIN = "login"
EVERYBODY = "GET 200 200 200 200 200"
EVERYBODY_SENDS = "POST 302 302 302 302 302"
MEMBERS = "GET login 200 200 200 200"
MEMBERS_SEND = "POST login 302 302 302 302"
BOTH = "GET login 404 200 200 404"
BOTH_SEND = "POST login 404 302 302 404"

# Method, then the status for each of ROLES. `login` is the way to the log-in page.
TABLE = {
    "account_signup": "GET 200 302 302 302 302",
    "account_login": "GET 200 302 302 302 302",
    "account_logout": "GET 302 200 200 200 200",
    "account_inactive": EVERYBODY,
    "account_email_verification_sent": EVERYBODY,
    "account_confirm_email": EVERYBODY,
    "account_send_confirmation_again": "POST login login login login login",
    "account_email": MEMBERS,
    "account_end_sessions": MEMBERS_SEND,
    "account_reauthenticate": MEMBERS,
    "account_change_password": MEMBERS,
    "account_set_password": "GET login 302 302 302 302",
    "account_reset_password": EVERYBODY,
    "account_reset_password_done": EVERYBODY,
    "account_reset_password_from_key": EVERYBODY,
    "account_reset_password_from_key_done": EVERYBODY,
    "accounts:closing": MEMBERS,
    "accounts:data": MEMBERS,
    # Of nobody here: `tests/accounts/test_export.py` asks for one that is there.
    "accounts:archive": "GET login 404 404 404 404",
    "accounts:closed": EVERYBODY,
    # Nothing changed since they signed up.
    "accounts:texts": "GET login 302 302 302 302",
    # The name of no closing: `tests/accounts/test_closing.py` asks for one that is there.
    "accounts:reactivation": "GET 404 404 404 404 404",
    "mfa_index": MEMBERS,
    "mfa_authenticate": "GET login 302 302 302 302",
    "mfa_reauthenticate": "GET login 302 302 302 302",
    # Asks for the password again first.
    "mfa_activate_totp": "GET login 302 302 302 302",
    "mfa_deactivate_totp": "GET login 404 404 404 404",
    "mfa_view_recovery_codes": "GET login 404 404 404 404",
    "mfa_generate_recovery_codes": "GET login 302 302 302 302",
    "mfa_download_recovery_codes": "GET login 404 404 404 404",
    "notifications:list": MEMBERS,
    "notifications:read_all": MEMBERS_SEND,
    "notifications:mute": MEMBERS_SEND,
    # With a token that is not ours.
    "notifications:unsubscribe": "GET 404 404 404 404 404",
    "notifications:read": "POST login 404 302 404 404",
    "billing:invoices": MEMBERS,
    # Being made.
    "billing:invoice_pdf": "GET login 404 202 202 404",
    # A year with documents.
    "billing:invoices_csv": "GET login 404 200 200 404",
    "billing:invoices_zip": "GET login 404 200 200 404",
    "billing:earnings": MEMBERS,
    "billing:earnings_csv": MEMBERS,
    "billing:payout": "GET login 404 404 200 404",
    "billing:statement": MEMBERS,
    "billing:statement_csv": MEMBERS,
    "billing:credit": MEMBERS,
    "billing:credit_csv": MEMBERS,
    "billing:credit_top_up": "POST login 200 200 200 200",
    "billing:credit_debt": MEMBERS_SEND,
    "billing:credit_refund": MEMBERS,
    # A payment of credit: nobody here has one of that name.
    "billing:credit_payment": "GET login 404 404 404 404",
    "billing:onboarding": MEMBERS_SEND,
    "billing:onboarding_return": MEMBERS,
    # Without Stripe's signature.
    "billing:webhook": "POST 400 400 400 400 400",
    "billing:webhook_v2": "POST 400 400 400 400 400",
    "messaging:inbox": MEMBERS,
    "messaging:thread": BOTH,
    "messaging:news": BOTH,
    "messaging:read": BOTH_SEND,
    "messaging:blocked": MEMBERS,
    "messaging:block": BOTH,
    "messaging:unblock": BOTH_SEND,
    "messaging:report": BOTH,
    # The team that may see files sees them.
    "messaging:attachment": "GET login 404 200 200 200",
    "messaging:thumbnail": "GET login 404 200 200 200",
    "messaging:contact": "GET login 200 302 302 200",
    "mentors:application": MEMBERS,
    "mentors:billing": MEMBERS,
    "mentors:rate": "POST login 200 200 200 200",
    "mentors:availability": "POST login 200 200 200 200",
    "mentors:availability_removal": MEMBERS_SEND,
    "mentors:company": "POST login 200 200 200 200",
    "mentors:mandate": "POST login 200 200 200 200",
    "catalog:community": EVERYBODY,
    "catalog:community_skill": EVERYBODY,
    "catalog:categories": EVERYBODY,
    "catalog:trainings": EVERYBODY,
    # A draft.
    "catalog:training": "GET 404 404 404 404 404",
    "catalog:offer": MEMBERS,
    "catalog:training_new": "GET login 302 302 200 302",
    "catalog:proposal": "POST login 302 302 200 302",
    "catalog:category_proposal": "POST login 302 302 200 302",
    "catalog:training_change_withdrawal": "POST login 404 404 302 404",
    "catalog:training_edit": "GET login 404 404 200 404",
    "catalog:training_submission": "POST login 404 404 302 404",
    "catalog:skill_addition": MEMBERS_SEND,
    "catalog:skill_removal": MEMBERS_SEND,
    "bookings:my_sessions": MEMBERS,
    "bookings:new": "GET login 200 200 302 200",
    "bookings:detail": BOTH,
    # The mentor's answer is awaited.
    "bookings:counter_offer": "GET login 404 302 200 404",
    "bookings:acceptance": BOTH_SEND,
    "bookings:refusal": "GET login 404 302 200 404",
    "bookings:withdrawal": BOTH_SEND,
    "bookings:payment": "GET login 404 302 404 404",
    "bookings:payment_return": "GET login 404 302 404 404",
    "bookings:cancellation": "GET login 404 302 302 404",
    # Without the member to whom it is proposed.
    "bookings:suggestion_new": "GET login 404 404 404 404",
    # Not confirmed yet.
    "bookings:other_hour": "GET login 404 302 302 404",
    "bookings:common_cancellation": "GET login 404 302 302 404",
    # Nobody proposed anything: `tests/bookings/test_who_may.py` asks for one that is there.
    "bookings:joint_acceptance": "GET login 404 404 404 404",
    "bookings:joint_refusal": "POST login 404 404 404 404",
    "bookings:joint_withdrawal": "POST login 404 404 404 404",
    "bookings:calendar": BOTH,
    "bookings:calendar_feed": MEMBERS,
    "bookings:calendar_feed_renewal": MEMBERS_SEND,
    "bookings:calendar_feed_removal": MEMBERS_SEND,
    # With a key that is not the one of the address.
    "bookings:feed": "GET 404 404 404 404 404",
    "sessions_video:check": EVERYBODY,
    "sessions_video:check_ice": "POST 200 200 200 200 200",
    "sessions_video:room": BOTH,
    # The session has ended.
    "sessions_video:ice": "GET login 404 403 403 404",
    # Nothing said.
    "sessions_video:report": "POST login 404 400 400 404",
    # The team reads the same evidence.
    "sessions_video:payment_return": "GET login 404 200 404 404",
    "sessions_video:proof": "GET login 404 200 200 200",
    "sessions_video:proof_file": "GET login 404 200 200 200",
    "reviews:new": "GET login 404 200 404 404",
    "reviews:edit": "GET login 404 200 404 404",
    "reviews:detail": BOTH,
    "reviews:reply": "GET login 404 404 200 404",
    # No reply yet.
    "reviews:edit_reply": "GET login 404 404 200 404",
    "reviews:report": "GET login 404 404 200 404",
    "support:contact": EVERYBODY,
    # A motive for everybody.
    "support:motive": EVERYBODY,
    "support:sent": EVERYBODY,
    "support:tickets": MEMBERS,
    # The learner's. The team reads requests in its own queue, their files here.
    "support:ticket": "GET login 404 200 404 404",
    "support:closing": "POST login 404 302 404 404",
    "support:file": "GET login 404 200 404 200",
    "support:thumbnail": "GET login 404 200 404 200",
    # With a key that is not ours.
    "support:visitor_ticket": "GET 404 404 404 404 404",
    "support:visitor_closing": "POST 404 404 404 404 404",
    "support:visitor_file": "GET 404 404 404 404 404",
    "support:visitor_thumbnail": "GET 404 404 404 404 404",
    # The session has its case already.
    "cases:complaint": "GET login 404 302 404 404",
    "cases:of_booking": "GET login 404 302 302 404",
    "cases:detail": BOTH,
    # Not decided yet.
    "cases:appeal": "GET login 404 302 302 404",
    # No complaint: a session that was not held. `tests/cases/test_case_pages.py` takes one back.
    "cases:withdrawal": "GET login 404 404 404 404",
    # The team that may see cases sees their files.
    "cases:file": "GET login 404 200 200 200",
    "cases:thumbnail": "GET login 404 200 200 200",
    **dict.fromkeys(
        ["pages:home", "pages:become_mentor", "pages:help", "pages:deadlines", "pages:terms", "pages:service_terms"],
        EVERYBODY,
    ),
    **dict.fromkeys(["pages:privacy", "pages:legal_notice", "pages:accessibility", "pages:cookies"], EVERYBODY),
    **dict.fromkeys(["pages:review_policy", "pages:ranking_policy", "pages:profile"], EVERYBODY),
    **dict.fromkeys(["pages:robots", "pages:sitemap", "pages:sitemap_part"], EVERYBODY),
    # Of a version that is not there.
    "pages:legal_version": "GET 404 404 404 404 404",
    "pages:profile_edit": MEMBERS,
    "pages:photo": "POST login 200 200 200 200",
    "pages:photo_removal": MEMBERS_SEND,
    "pages:account": MEMBERS,
    "pages:preferences": MEMBERS,
    "pages:welcome": MEMBERS,
    "pages:team": "GET login 404 404 404 200",
    "pages:team_health": "GET login 404 404 404 200",
    "pages:team_view_end": MEMBERS_SEND,
    "pages:theme": EVERYBODY_SENDS,
    "pages:language": EVERYBODY_SENDS,
    # With the demo's settings only (tests/demo/test_production_knows_no_demo.py).
    "demo:index": EVERYBODY,
    "demo:clock": EVERYBODY_SENDS,
    "demo:email": EVERYBODY,
    "demo:email_body": EVERYBODY,
    "demo:email_attachment": "GET 302 302 302 302 302",
    "demo:log_in": "POST 404 404 404 404 404",
}


@pytest.fixture
def world(db: None, sandbox: Sandbox) -> World:
    return World()


def said(response: HttpResponse) -> str:
    where = response.headers.get("Location", "")
    return LOGIN if where.startswith(reverse("account_login")) else str(response.status_code)


def test_every_address_has_a_line() -> None:
    assert {name for name, _pattern in OURS} == set(TABLE)


def test_each_person_gets_what_the_table_says(world: World) -> None:
    wrong = []
    for role in ROLES:
        client = signed_in(world.people[role])
        for name, pattern in OURS:
            method, *statuses = TABLE[name].split()
            wanted = statuses[ROLES.index(role)]
            if (got := said(answer(client, method, world.address(name, pattern)))) != wanted:
                wrong.append(f"{name}, {role}: {got} instead of {wanted}")
    assert "\n".join(wrong) == ""


def test_no_address_takes_a_method_it_does_not_know(world: World) -> None:
    client = signed_in(world.people["learner"])
    taken = {
        (name, method): status
        for name, pattern in OURS
        # allauth's own views are its own tests' affair.
        if not name.startswith(("account_", "mfa_"))
        for method in ("DELETE", "PUT", "GET" if TABLE[name].startswith("POST") else "TRACE")
        if (status := answer(client, method, world.address(name, pattern)).status_code) != METHOD_NOT_ALLOWED
    }
    assert taken == {}


@pytest.mark.parametrize("role", ["visitor", "learner", "mentor"])
def test_only_the_team_enters_the_administration(world: World, role: str) -> None:
    client = signed_in(world.people[role])
    entered = {}
    for name, address in admin_addresses():
        response = answer(client, "GET", address)
        if response.status_code not in {302, 403, 404}:
            entered[name] = response.status_code
    assert entered == {}
