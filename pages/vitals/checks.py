"""The same figures in words, for the team: whether each is as it should be, since when it is not, and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import redis
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.waiting import age_in_words
from billing.models import Reconciliation
from core import clock
from core.health import readiness, signs
from pages.vitals import figures
from pages.vitals.backlogs import Backlog, backlogs

Words = str | Promise


class State(Enum):
    """The worst first."""

    BROKEN = gettext_lazy("En panne")
    LATE = gettext_lazy("En retard")
    FINE = gettext_lazy("À jour")

    @property
    def badge(self) -> str:
        return {State.BROKEN: "danger", State.LATE: "warning", State.FINE: "success"}[self]


@dataclass(frozen=True)
class Page:
    """Where the team sees more: the name of a page of the administration, and who may read it."""

    name: str
    permission: str
    query: str = ""

    def url_for(self, user: User) -> str:
        return reverse(self.name) + self.query if user.has_perm(self.permission) else ""


@dataclass(frozen=True)
class Check:
    label: Words
    state: State
    figure: Words
    advice: Words = ""
    since: datetime | None = None
    page: Page | None = None


def _list(model: str, query: str = "") -> Page:
    app, _dot, name = model.partition(".")
    return Page(f"admin:{app}_{name}_changelist", f"{app}.view_{name}", query)


# --- what runs ---

SERVICES: Final = {
    "database": gettext_lazy("Base de données"),
    "migrations": gettext_lazy("Tables de la base"),
    "valkey": gettext_lazy("Valkey (cache et file des tâches)"),
}
REPAIRS: Final = {
    "database": gettext_lazy("PostgreSQL ne répond pas\u202f: regardez son journal et l’espace disque."),
    "migrations": gettext_lazy("Le code est plus récent que les tables\u202f: lancez «\u202fmanage.py migrate\u202f»."),
    "valkey": gettext_lazy("Valkey ne répond pas\u202f: relancez-le. Rien n’est perdu, les tâches sont dans la base."),
}
PARTS: Final = {
    "worker": gettext_lazy("Exécution des tâches (worker)"),
    "beat": gettext_lazy("Lancement des tâches (beat)"),
    "sweeper": gettext_lazy("Surveillance des salles (sweeper)"),
}
STOPPED: Final = timedelta(minutes=5)


def running(now: datetime) -> Iterator[Check]:
    failing = readiness.failing()
    for name, label in SERVICES.items():
        is_well = name not in failing
        state, figure = (State.FINE, _("En ordre")) if is_well else (State.BROKEN, _("En défaut"))
        yield Check(label, state, figure, "" if is_well else REPAIRS[name])
    try:
        silences = signs.seconds_since()
    except redis.RedisError:
        return
    for part, seconds in silences.items():
        yield _part(part, seconds, now)


def _part(part: str, seconds: int | None, now: datetime) -> Check:
    advice = _("Relancez ce service et lisez son journal. Rien n’est perdu\u202f: ce qui est dû partira ensuite.")
    if seconds is None:
        return Check(PARTS[part], State.BROKEN, _("N’a jamais donné signe de vie"), advice)
    since = now - timedelta(seconds=seconds)
    if seconds <= signs.SILENCE_SECONDS:
        return Check(PARTS[part], State.FINE, _("Donne signe de vie"))
    state = State.BROKEN if now - since > STOPPED else State.LATE
    return Check(PARTS[part], state, _("Ne donne plus signe de vie"), advice, since)


# --- what waits ---

LATE: Final = timedelta(minutes=5)
BROKEN: Final = timedelta(minutes=30)
PAGES: Final = {
    "emails": _list("notifications.email"),
    "stripe_events": _list("billing.stripeevent"),
    "payments": _list("billing.topup"),
    "payouts": _list("billing.payout"),
    "refunds": _list("billing.refund"),
    "reversals": _list("billing.transferreversal"),
    "invoices": _list("billing.invoice"),
    "cases": _list("cases.case"),
    "tickets": _list("support.ticket"),
}


def waiting(now: datetime) -> Iterator[Check]:
    for each in backlogs(now):
        yield _backlog(each, now)


def _backlog(found: Backlog, now: datetime) -> Check:
    """A minute between two sweeps is no delay."""
    age = now - (found.oldest or now)
    figure = ngettext("%(count)d à faire", "%(count)d à faire", found.count) % {"count": found.count}
    if age <= LATE:
        return Check(found.kind.label, State.FINE, figure if found.count else _("Rien à faire"))
    state = State.BROKEN if age > BROKEN else State.LATE
    advice = _("Si «\u202fExécution des tâches\u202f» est à jour, ce travail échoue\u202f: lisez sa dernière erreur.")
    return Check(found.kind.label, state, figure, advice, found.oldest, PAGES.get(found.kind.name))


# --- the books ---

MINUTE: Final = timedelta(minutes=1)
CONTROL_LATE, CONTROL_BROKEN = timedelta(hours=26), timedelta(hours=50)
READING_LATE, READING_BROKEN = timedelta(minutes=30), timedelta(hours=3)
BOOKS: Final = Page("admin:billing_reconciliation", "billing.view_ledgertransaction")


def money(now: datetime) -> Iterator[Check]:
    control, reading = figures.last_reconciliation(), figures.last_reading_of_stripe()
    if control:
        yield _drift(control)
    yield _dated(
        gettext_lazy("Contrôle des comptes, chaque nuit"),
        (control.finished_at if control else None, CONTROL_LATE, CONTROL_BROKEN),
        _("Relisez Stripe depuis la page des comptes, ce qui les contrôle, puis cherchez ce qui a manqué la nuit."),
        now,
    )
    yield _dated(
        gettext_lazy("Lecture du solde chez Stripe"),
        (reading.finished_at if reading else None, READING_LATE, READING_BROKEN),
        _("Stripe ne répond pas ou la clé ne vaut plus\u202f: voyez status.stripe.com et le journal."),
        now,
    )
    yield _counted(
        gettext_lazy("Virements au-delà de la promesse"),
        figures.payouts_overdue(now),
        _("Ouvrez chaque virement\u202f: sa dernière erreur dit ce qui le retient."),
        _list("billing.payout", "?etat=en-retard"),
    )
    yield _counted(
        gettext_lazy("Nouvelles de Stripe abandonnées"),
        figures.webhooks_given_up(),
        _("Relancez-les, ou classez celles qui ne nous concernent pas."),
        _list("billing.stripeevent"),
    )
    yield _counted(
        gettext_lazy("E-mails qui ne partent pas"),
        figures.emails_failing(),
        _("Lisez la dernière erreur\u202f: adresse refusée, ou serveur d’envoi en panne."),
        _list("notifications.email"),
    )


def _drift(control: Reconciliation) -> Check:
    label = gettext_lazy("Écarts dans les comptes")
    if not control.rows:
        return Check(label, State.FINE, _("Aucun au dernier contrôle"))
    figure = ngettext("%(rows)d ligne", "%(rows)d lignes", control.rows) % {"rows": control.rows}
    advice = _("Ne corrigez rien à la main\u202f: la page des comptes dit, ligne par ligne, ce qui ne s’accorde pas.")
    return Check(label, State.BROKEN, figure, advice, control.finished_at, BOOKS)


def _dated(label: Words, when: tuple[datetime | None, timedelta, timedelta], advice: str, now: datetime) -> Check:
    """`when`: the last time, from which age it is late, and broken."""
    last, late, broken = when
    if last is None:
        return Check(label, State.LATE, _("Jamais fait"), advice, page=BOOKS)
    age = now - last
    figure = _("Il y a %(age)s") % {"age": age_in_words(age)} if age >= MINUTE else _("À l’instant")
    if age <= late:
        return Check(label, State.FINE, figure)
    return Check(label, State.BROKEN if age > broken else State.LATE, figure, advice, last, BOOKS)


def _counted(label: Words, count: int, advice: str, page: Page) -> Check:
    if not count:
        return Check(label, State.FINE, _("Rien à signaler"))
    return Check(label, State.LATE, str(count), advice, page=page)


@dataclass(frozen=True)
class Group:
    title: Words
    checks: list[Check]


def groups(now: datetime | None = None) -> list[Group]:
    moment = now or clock.now()
    return [
        Group(_("Ce qui tourne"), list(running(moment))),
        Group(_("L’argent et les e-mails"), list(money(moment))),
        Group(_("Ce qui attend une tâche"), list(waiting(moment))),
    ]
