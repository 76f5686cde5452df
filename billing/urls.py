from django.urls import URLPattern, path

from billing.views import invoices

app_name = "billing"

urlpatterns: list[URLPattern] = [
    path("factures/", invoices.index, name="invoices"),
    path("factures/<str:reference>.pdf", invoices.pdf, name="invoice_pdf"),
]
