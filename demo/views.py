"""The demo's own pages: who is who, sent e-mails, a clock that moves. They exist with demo settings only."""

from celery import current_app
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from config.celery import app as celery
from core.clock import ShiftedClock, get_clock, now
from demo.forms import ClockForm
from demo.people import CANDIDATE, LEARNERS, MENTORS, PASSWORD, STAFF_EMAIL
from notifications.models import Email

EMAILS_PER_PAGE = 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    emails = Paginator(Email.objects.order_by("-created_at"), EMAILS_PER_PAGE).get_page(request.GET.get("page"))
    learners = [learner.email for learner in LEARNERS.values()]
    order = [
        learners[0],
        MENTORS[0].email,
        CANDIDATE,
        STAFF_EMAIL,
        *learners[1:],
        *(m.email for m in MENTORS[1:]),
    ]
    people = {user.email: user for user in User.objects.filter(email__in=order).select_related("page")}
    context = {
        "people": [people[email] for email in order if email in people],
        "password": PASSWORD,
        "emails": emails,
        "clock": now(),
        "form": ClockForm(),
        "sandbox_url": settings.STRIPE_SANDBOX_URL,
    }
    return render(request, "demo/index.html", context)


@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Advance time for every process, then run what became due without waiting for the next sweep."""
    form = ClockForm(request.POST)
    clock = get_clock()
    if form.is_valid() and isinstance(clock, ShiftedClock):
        clock.advance(form.duration())
        for task in celery.conf.beat_schedule:
            current_app.send_task(task)
        messages.success(request, _("Le temps a avancé. Ce qui était dû est en cours."))
    return redirect("demo:index")


@require_POST
def log_in(request: HttpRequest) -> HttpResponse:
    """Enter as one of the people of the demo."""
    known = {STAFF_EMAIL, CANDIDATE.email, *(m.email for m in MENTORS), *(p.email for p in LEARNERS.values())}
    user = get_object_or_404(User, email=request.POST.get("email", ""))
    if user.email not in known:
        return redirect("demo:index")
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("admin:index" if user.is_staff else "pages:account")


@require_safe
def email(request: HttpRequest, reference: str) -> HttpResponse:
    return render(request, "demo/email.html", {"email": get_object_or_404(Email, reference=reference)})


@require_safe
def email_body(request: HttpRequest, reference: str) -> HttpResponse:
    """The HTML part alone, shown in a frame. E-mails carry their style inline, which this page alone may do."""
    message = get_object_or_404(Email, reference=reference)
    response = HttpResponse(message.body_html)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@require_safe
def email_attachment(request: HttpRequest, reference: str, attachment: int) -> HttpResponse:
    file = get_object_or_404(Email, reference=reference).attachments.filter(pk=attachment).first()
    if file is None:
        return redirect("demo:email", reference)
    response = HttpResponse(bytes(file.content), content_type=file.mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.filename}"'
    return response
