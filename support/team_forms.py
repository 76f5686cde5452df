"""What the team types beside its answers: whose a request is, its priority, its motive, the one it is merged into."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.decisions import ReasonForm
from accounts.models import User
from support import audiences, destinations
from support.models import Ask, Motive, Priority, Ticket
from support.selectors import answerable, others_of

# Parts of addresses.
RESERVED = {"demandes", "envoyee", "suivi"}


def _reason(label: Any, *, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, "cols": 80})
    return forms.CharField(label=label, max_length=1000, required=required, widget=widget)


class AnswerForm(ReasonForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].label = _("Vos mots, lus par la personne")


class MotiveChoice(forms.ModelChoiceField[Motive]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.parent.label} › {obj.label}" if obj.parent else obj.label


class TicketChoice(forms.ModelChoiceField[Ticket]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({obj.get_status_display()})"


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(label=_("À qui"), queryset=User.objects.none(), empty_label=None)
    reason = _reason(_("Note pour l’équipe, facultative"), required=False)

    def __init__(self, *args: Any, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, **options)
        people = User.objects.filter(is_staff=True, is_active=True).exclude(pk=ticket.author_id or 0)
        self.fields["to"].queryset = people.order_by("first_name", "pk")  # type: ignore[attr-defined]


class PriorityForm(forms.Form):
    priority = forms.TypedChoiceField(label=_("Priorité"), choices=Priority.choices, coerce=int)
    reason = _reason(_("Pourquoi, lu par l’équipe"))

    def __init__(self, *args: Any, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["priority"].initial = ticket.priority


class ChangeMotiveForm(forms.Form):
    motive = MotiveChoice(label=_("Motif"), queryset=Motive.objects.none(), empty_label=None)
    reason = _reason(_("Pourquoi, lu par l’équipe"))

    def __init__(self, *args: Any, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["motive"].queryset = answerable()  # type: ignore[attr-defined]
        self.fields["motive"].initial = ticket.motive_id


class MergeForm(forms.Form):
    into = TicketChoice(
        label=_("Dans la demande"),
        queryset=Ticket.objects.none(),
        help_text=_("Les demandes en cours de la même personne. Ses messages y passent, et elle en est prévenue."),
    )
    reason = _reason(_("Pourquoi, lu par l’équipe"))

    def __init__(self, *args: Any, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, **options)
        live = [other.pk for other in others_of(ticket, limit=50) if other.is_live]
        rows = Ticket.objects.filter(pk__in=live).select_related("motive")
        self.fields["into"].queryset = rows  # type: ignore[attr-defined]


class MotiveForm(forms.ModelForm[Motive]):
    audience = forms.ChoiceField(label=_("Pour"))
    leads_to = forms.ChoiceField(
        label=_("Mène à"),
        required=False,
        help_text=_("Un écran qui le fait lui-même. Vide\u202f: le formulaire."),
    )
    asks = forms.MultipleChoiceField(
        label=_("Demande aussi"), choices=Ask.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    requires = forms.MultipleChoiceField(
        label=_("Exige"), choices=Ask.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Raison"),
        help_text=_("Elle reste dans la trace de l’équipe."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
    )

    class Meta:
        model = Motive
        fields = (
            *("label", "slug", "parent", "audience", "order", "is_shown"),
            *("help", "keywords", "links", "leads_to", "is_last_resort"),
            *("asks", "requires", "team", "priority", "target_hours"),
        )
        help_texts = {
            "keywords": _("Ce que l’on tape pour le trouver, en plus du libellé et de l’aide."),
            "links": _("Un par ligne\u202f: les mots | l’adresse, qui commence par / ou https://."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = audiences.registered().items()
        self._offer("audience", [(name, audience.label) for name, audience in known])
        self._offer("leads_to", [("", "–"), *((name, each.label) for name, each in destinations.KNOWN.items())])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """What the code no longer knows stays as it is until somebody chooses."""
        kept = getattr(self.instance, name, "")
        if kept and kept not in dict(choices):
            choices = [*choices, (kept, kept)]
        if name in self.fields:
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED:
            raise forms.ValidationError(_("Cette adresse est déjà employée."))
        return slug

    def clean_links(self) -> str:
        lines = [line.strip() for line in self.cleaned_data["links"].splitlines() if line.strip()]
        for line in lines:
            words, bar, address = (part.strip() for part in line.partition("|"))
            if not (words and bar and address.startswith(("/", "https://"))) or address.startswith("//"):
                raise forms.ValidationError(
                    _("Un par ligne\u202f: les mots | l’adresse, qui commence par / ou https://.")
                )
        return "\n".join(lines)

    def clean_parent(self) -> Motive | None:
        parent: Motive | None = self.cleaned_data["parent"]
        above = parent
        while above is not None:
            if above.pk == self.instance.pk:
                raise forms.ValidationError(_("Un motif ne se place pas sous lui-même."))
            above = above.parent
        return parent

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not set(data.get("requires", [])) <= set(data.get("asks", [])):
            self.add_error("requires", _("N’exigez que ce qui est demandé."))
        return data
