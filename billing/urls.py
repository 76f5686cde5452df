from django.urls import URLPattern, path

from billing.views import credit, earnings, invoices, onboarding, statements, webhooks

app_name = "billing"

urlpatterns: list[URLPattern] = [
    path("factures/", invoices.index, name="invoices"),
    path("factures/<reference:reference>.pdf", invoices.pdf, name="invoice_pdf"),
    path("factures/<int:year>.csv", invoices.table, name="invoices_csv"),
    path("factures/<int:year>.zip", invoices.archive, name="invoices_zip"),
    path("revenus/", earnings.index, name="earnings"),
    path("revenus/sessions.csv", earnings.export, name="earnings_csv"),
    path("revenus/releve/<str:period>.csv", statements.export, name="statement_csv"),
    path("revenus/releve/<str:period>/", statements.statement, name="statement"),
    path("revenus/<reference:reference>/", earnings.detail, name="payout"),
    path("credit/", credit.index, name="credit"),
    path("credit/ajout/", credit.top_up, name="credit_top_up"),
    path("credit/dette/", credit.debt, name="credit_debt"),
    path("credit/paiement/<reference:reference>/", credit.payment, name="credit_payment"),
    path("credit/remboursement/", credit.refund, name="credit_refund"),
    path("credit/operations.csv", credit.export, name="credit_csv"),
    path("stripe/inscription/", onboarding.create, name="onboarding"),
    path("stripe/retour/", onboarding.back, name="onboarding_return"),
    path("stripe/webhook/", webhooks.snapshot, name="webhook"),
    path("stripe/webhook/v2/", webhooks.thin, name="webhook_v2"),
]
