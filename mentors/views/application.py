"""« Devenir mentor »: what is missing, the request, its state."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import member_of
from accounts.legal import PRIVACY, SERVICE_TERMS
from accounts.selectors import announced_versions
from accounts.services import accept_legal
from core.errors import IllegalMove
from mentors.errors import ApplicationIncomplete, MentorError
from mentors.forms import ApplicationForm
from mentors.selectors import history_of, last_remark, profile_of
from mentors.services import submit_application
from mentors.steps import APPLICATION, way_of


@login_required
@require_http_methods(["GET", "POST"])
def application(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    form = ApplicationForm(request.POST if request.method == "POST" else None)
    incomplete: ApplicationIncomplete | None = None
    if request.method == "POST" and form.is_valid():
        accept_legal(user=user, documents=[SERVICE_TERMS, PRIVACY])
        try:
            submit_application(user=user)
        except ApplicationIncomplete as error:
            incomplete = error
        except (MentorError, IllegalMove) as error:
            messages.error(request, str(error.user_message))
            return redirect("mentors:application")
        else:
            messages.success(request, _("Votre demande est envoyée. Nous vous écrirons dès qu’elle est lue."))
            return redirect("mentors:application")
    profile = profile_of(user)
    return render(
        request,
        "mentors/application.html",
        {
            "form": form,
            "announced": announced_versions([SERVICE_TERMS, PRIVACY]),
            "profile": profile,
            "incomplete": incomplete,
            "remark": last_remark(profile),
            "history": history_of(profile),
            "way": way_of(user, APPLICATION),
        },
    )
