from django.urls import URLPattern, path

from bookings.views import cancellations, negotiation, payments, requests, sessions

app_name = "bookings"

urlpatterns: list[URLPattern] = [
    path("mes-sessions-video/", sessions.my_sessions, name="my_sessions"),
    path("reservations/nouvelle/", requests.new, name="new"),
    path("reservations/<str:reference>/", requests.detail, name="detail"),
    path("reservations/<str:reference>/contre-proposition/", negotiation.counter_offer, name="counter_offer"),
    path("reservations/<str:reference>/acceptation/", negotiation.acceptance, name="acceptance"),
    path("reservations/<str:reference>/refus/", negotiation.refusal, name="refusal"),
    path("reservations/<str:reference>/retrait/", negotiation.withdrawal, name="withdrawal"),
    path("reservations/<str:reference>/paiement/", payments.payment, name="payment"),
    path("reservations/<str:reference>/paiement/retour/", payments.payment_return, name="payment_return"),
    path("reservations/<str:reference>/annulation/", cancellations.cancellation, name="cancellation"),
    path("reservations/<str:reference>/calendrier.ics", sessions.calendar, name="calendar"),
]
