"""The team's two pages of the books: the reconciliation, and the files to download."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from billing.gateway import UnknownOutcome
from billing.models import Payout, PayoutPart, StripeImport, StripeMovement
from core import clock
from stripe_sandbox import Sandbox
from tests.billing.earned import earn
from tests.billing.money import make_member, make_mentor
from tests.billing.staff import as_user, make_staff, page_of, payout, staff_client

__all__ = ["payout"]

pytestmark = pytest.mark.django_db


class TestReconciliation:
    PAGE = "admin:billing_reconciliation"

    def test_the_page_shows_each_check_the_totals_and_the_proof(self, payout: Payout) -> None:
        client = staff_client("view_ledgertransaction")
        answer = client.get(reverse(self.PAGE))
        page = page_of(answer)
        assert "Différence 0,00\xa0€" in page.replace("\n", " ")
        assert "Stripe n’a jamais été lu." in page
        assert "Relire Stripe maintenant" not in page
        totals = answer.context["totals"]
        assert totals["debit_cents"] == totals["credit_cents"] == 18_000
        assert {row.code: row.balance_cents for row in totals["rows"]} == {
            "stripe": 6_000,
            "mentor.pending": 4_800,
            "learner.available": 0,
            "learner.held": 0,
            "revenue.commission": 1_000,
            "vat.collected": 200,
        }

    def test_a_fault_is_told_in_words(self, payout: Payout) -> None:
        PayoutPart.objects.update(amount_cents=4_700)
        page = page_of(staff_client("view_ledgertransaction").get(reverse(self.PAGE)))
        assert "trouvent une erreur" in page
        for words in ("Inès Haddad", "48,00\xa0€", "47,00\xa0€", payout.reference):
            assert words in page

    def test_stripe_is_read_on_demand(self, sandbox: Sandbox) -> None:
        earn(sandbox, make_mentor())
        client = staff_client("view_ledgertransaction", "add_stripeimport")
        assert "Relire Stripe maintenant" in page_of(client.get(reverse(self.PAGE)))
        assert client.post(reverse(self.PAGE)).headers["Location"] == reverse(self.PAGE)
        page = page_of(client.get(reverse(self.PAGE)))
        assert "Stripe a été relu" in page
        assert "Lu jusqu’au" in page
        assert StripeMovement.objects.exists()
        assert AuditEntry.objects.get().action == "billing.stripe_read"

    def test_a_stripe_that_does_not_answer_is_said(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("billing.admin.pages.movements.read_movements", _no_answer)
        client = staff_client("view_ledgertransaction", "add_stripeimport")
        assert "Stripe ne répond pas" in page_of(client.post(reverse(self.PAGE), follow=True))
        assert not AuditEntry.objects.exists()

    def test_only_who_may_sees_or_reads(self) -> None:
        for user, status in ((make_staff("view_payout"), 403), (make_member(), 302), (None, 302)):
            assert as_user(user).get(reverse(self.PAGE)).status_code == status
            assert as_user(user).post(reverse(self.PAGE)).status_code == status
        reader = staff_client("view_ledgertransaction")
        assert reader.post(reverse(self.PAGE)).status_code == 403
        assert reader.put(reverse(self.PAGE)).status_code == 405
        assert not StripeImport.objects.exists()

    def test_the_home_page_and_the_index_of_billing_lead_there(self) -> None:
        for index in (reverse("admin:app_list", args=["billing"]), reverse("admin:index")):
            assert page_of(staff_client("view_ledgertransaction").get(index)).count(reverse(self.PAGE)) == 1
            other = page_of(staff_client("view_payout").get(index))
            assert reverse(self.PAGE) not in other
            assert reverse(TestExports.PAGE) not in other


def _no_answer() -> None:
    raise UnknownOutcome("timeout")


class TestExports:
    PAGE = "admin:billing_exports"

    @pytest.mark.parametrize(
        ("data", "name", "words"),
        [
            (
                {"export": "e-reporting", "e-reporting-month": "{month}", "e-reporting-mentor": ""},
                "e-reporting-{year}-{month:02d}.csv",
                "Inès Haddad EI",
            ),
            ({"export": "dac7"}, "dac7-{year}.csv", "14 rue des Tilleuls"),
            ({"export": "fec"}, "732829320FEC{year}1231.txt", "settle:booking:a"),
        ],
    )
    def test_a_file_is_downloaded_and_noted(self, payout: Payout, data: dict[str, str], name: str, words: str) -> None:
        today = timezone.localtime(clock.now())
        sent = {key: value.format(month=today.month) for key, value in data.items()}
        sent[f"{data['export']}-year"] = str(today.year)
        answer = staff_client("export_books").post(reverse(self.PAGE), sent)
        wanted = name.format(year=today.year, month=today.month)
        assert answer["Content-Disposition"] == f'attachment; filename="{wanted}"'
        assert words in b"".join(answer).decode()
        assert AuditEntry.objects.get().reference == f"export:{wanted}"

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"year": "2025"}, "rien avant 2026"),
            ({"year": "3000"}, "pas commencé"),
            ({"year": "an"}, "entier"),
            ({"month": "13"}, "12"),
            ({"month": ""}, "obligatoire"),
            ({"mentor": "personne@example.org"}, "Aucun membre"),
        ],
    )
    def test_bad_input_is_said_and_what_was_typed_stays(self, typed: dict[str, str], words: str) -> None:
        data = {"year": "2026", "month": "11", "mentor": ""} | typed
        sent = {f"e-reporting-{name}": value for name, value in data.items()} | {"export": "e-reporting"}
        page = page_of(staff_client("export_books").post(reverse(self.PAGE), sent))
        assert words in page
        assert all(f'value="{value}"' in page for value in data.values() if value)
        assert not AuditEntry.objects.exists()

    def test_only_who_may_exports(self) -> None:
        for user, status in ((make_staff("view_ledgertransaction"), 403), (make_member(), 302), (None, 302)):
            assert as_user(user).get(reverse(self.PAGE)).status_code == status
            assert as_user(user).post(reverse(self.PAGE), {"export": "fec"}).status_code == status
        client = staff_client("export_books")
        page_of(client.get(reverse(self.PAGE)))
        page_of(client.post(reverse(self.PAGE), {"export": "autre"}))
        assert client.delete(reverse(self.PAGE)).status_code == 405
