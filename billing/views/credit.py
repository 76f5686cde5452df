"""« Crédit »: what a member may use, what is blocked, and every operation with its reason."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from billing import statements
from billing.selectors import credit_of

PER_PAGE = 25


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    page = Paginator(statements.credit_transactions(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "credit": credit_of(request.user),
        "page": page,
        "lines": statements.credit_lines(request.user, page.object_list),
    }
    return render(request, "billing/credit.html", context)
