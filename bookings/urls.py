from django.urls import URLPattern, path

from bookings.views import cancellations, feeds, joint, negotiation, payments, requests, sessions, suggestions

app_name = "bookings"

urlpatterns: list[URLPattern] = [
    path("mes-sessions-video/", sessions.my_sessions, name="my_sessions"),
    path("reservations/nouvelle/", requests.new, name="new"),
    path("reservations/proposition/", suggestions.new, name="suggestion_new"),
    path("reservations/<reference:reference>/", requests.detail, name="detail"),
    path("reservations/<reference:reference>/contre-proposition/", negotiation.counter_offer, name="counter_offer"),
    path("reservations/<reference:reference>/acceptation/", negotiation.acceptance, name="acceptance"),
    path("reservations/<reference:reference>/refus/", negotiation.refusal, name="refusal"),
    path("reservations/<reference:reference>/retrait/", negotiation.withdrawal, name="withdrawal"),
    path("reservations/<reference:reference>/paiement/", payments.payment, name="payment"),
    path("reservations/<reference:reference>/paiement/retour/", payments.payment_return, name="payment_return"),
    path("reservations/<reference:reference>/annulation/", cancellations.cancellation, name="cancellation"),
    path("reservations/<reference:reference>/autre-heure/", joint.other_hour, name="other_hour"),
    path(
        "reservations/<reference:reference>/annulation-commune/", joint.common_cancellation, name="common_cancellation"
    ),
    path(
        "reservations/<reference:reference>/propositions/<reference:proposal>/acceptation/",
        joint.acceptance,
        name="joint_acceptance",
    ),
    path(
        "reservations/<reference:reference>/propositions/<reference:proposal>/refus/",
        joint.refusal,
        name="joint_refusal",
    ),
    path(
        "reservations/<reference:reference>/propositions/<reference:proposal>/retrait/",
        joint.withdrawal,
        name="joint_withdrawal",
    ),
    path("reservations/<reference:reference>/calendrier.ics", sessions.calendar, name="calendar"),
    path("compte/agenda/", feeds.calendar_feed, name="calendar_feed"),
    path("compte/agenda/adresse/", feeds.renewal, name="calendar_feed_renewal"),
    path("compte/agenda/retrait/", feeds.removal, name="calendar_feed_removal"),
    path("agenda/<reference:reference>/<slug:key>.ics", feeds.feed, name="feed"),
]
