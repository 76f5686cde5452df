"""Reading what visitors filter and what mentors write about their offer."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.addresses import address_of
from catalog.models import MAX_MINUTES, MIN_MINUTES, MINUTES_STEP, Category, Skill, Training, TrainingRevision
from catalog.rules import BEST_RATED, CHEAPEST, DAYS, EVENINGS, RELEVANCE
from catalog.selectors import CommunityFilters
from catalog.selectors.names import category_formerly_at
from catalog.selectors.skills import listed_categories
from catalog.services import TrainingWords
from core.widgets import Boxes, PlainSelect

PRICES = [("moins-de-40", _("Moins de 40 €")), ("40-a-60", _("40 à 60 €")), ("plus-de-60", _("Plus de 60 €"))]
WEEKDAYS = [_("Lundi"), _("Mardi"), _("Mercredi"), _("Jeudi"), _("Vendredi"), _("Samedi"), _("Dimanche")]
WHEN = [*zip(DAYS, WEEKDAYS, strict=True), (EVENINGS, _("Le soir seulement"))]
MARKS = [("", _("Toutes")), ("4", _("4 sur 5 et plus")), ("4,5", _("4,5 sur 5 et plus"))]
LANGUAGES = [
    ("", _("Toutes")),
    ("francais", _("Français")),
    ("anglais", _("Anglais")),
    ("espagnol", _("Espagnol")),
    ("allemand", _("Allemand")),
    ("arabe", _("Arabe")),
]
SORTS = [(RELEVANCE, _("Pertinence")), (CHEAPEST, _("Prix croissant")), (BEST_RATED, _("Nombre d’avis"))]


class ListedCategories(forms.models.ModelChoiceIterator[Category]):
    """A short list, read at once: Django opens a cursor on the server for lists of any length."""

    def __iter__(self) -> Any:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        yield from listed_categories()


class CategoryField(forms.ModelChoiceField[Category]):
    """Also understands the address of a category that was merged or has another name since."""

    iterator = ListedCategories

    def to_python(self, value: Any) -> Category | None:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            if moved := category_formerly_at(str(value)):
                return moved
            raise


class CommunityForm(forms.Form):
    """The filters of the community. What cannot be read is left aside: an address typed by hand still works."""

    reservable = forms.BooleanField(label=_("Réservable seulement"), required=False)
    prix = forms.MultipleChoiceField(label=_("Prix de l’heure, TTC"), choices=PRICES, required=False, widget=Boxes)
    jours = forms.MultipleChoiceField(label=_("Jours habituels"), choices=WHEN, required=False, widget=Boxes)
    note = forms.ChoiceField(label=_("Note moyenne"), choices=MARKS, required=False, widget=PlainSelect)
    langue = forms.ChoiceField(label=_("Langue"), choices=LANGUAGES, required=False, widget=PlainSelect)
    categorie = CategoryField(
        label=_("Catégorie"),
        queryset=Category.objects.validated(),
        to_field_name="slug",
        required=False,
        empty_label=_("Toutes"),
        widget=PlainSelect,
    )
    tri = forms.ChoiceField(label=_("Trier par"), choices=SORTS, required=False)

    def filters(self, *, skills: list[Skill] | None, words: str = "") -> CommunityFilters:
        self.is_valid()
        data: dict[str, Any] = self.cleaned_data
        return CommunityFilters(
            skills=skills,
            words=words,
            category=data.get("categorie"),
            bookable=data.get("reservable", False),
            prices=tuple(data.get("prix") or ()),
            days=tuple(data.get("jours") or ()),
            language=data.get("langue", ""),
            mark=data.get("note", ""),
            sort=data.get("tri") or RELEVANCE,
        )


class GroupedSkills(forms.models.ModelChoiceIterator[Skill]):
    """Skills under the name of their category."""

    def __iter__(self) -> Any:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        groups: dict[str, list[Any]] = {}
        for skill in self.queryset:
            groups.setdefault(skill.category.name, []).append(self.choice(skill))
        yield from groups.items()


class SkillField(forms.ModelChoiceField[Skill]):
    iterator = GroupedSkills


def _offer_skills(form: forms.Form, rows: QuerySet[Skill]) -> None:
    field = form.fields["skill"]
    if isinstance(field, SkillField):
        field.queryset = rows.select_related("category").order_by("category__name", "name")


def _offer_categories(form: forms.Form, rows: QuerySet[Category]) -> None:
    field = form.fields["category"]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows


class AddSkillForm(forms.Form):
    skill = SkillField(
        label=_("Ajouter une compétence"),
        queryset=Skill.objects.none(),
        to_field_name="slug",
        empty_label=_("Choisir dans la liste"),
        error_messages={
            "required": _("Choisissez une compétence."),
            "invalid_choice": _("Cette compétence n’est pas dans la liste."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_skills(self, Skill.objects.validated())


class TrainingForm(forms.Form):
    """« Formation » (SK-31, SK-33): the lists hold validated names and those the mentor proposed himself."""

    category = forms.ModelChoiceField(
        label=_("Catégorie"), queryset=Category.objects.none(), empty_label=_("Choisir une catégorie")
    )
    skill = SkillField(label=_("Compétence"), queryset=Skill.objects.none(), empty_label=_("Choisir une compétence"))
    title = forms.CharField(
        label=_("Titre"), max_length=100, help_text=_("Par exemple : Lire un jeu de données en une heure.")
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Les objectifs, le déroulement, ce qu’il faut savoir avant de commencer."),
    )
    suggested_minutes = forms.IntegerField(
        label=_("Durée conseillée, en minutes"),
        min_value=MIN_MINUTES,
        max_value=MAX_MINUTES,
        step_size=MINUTES_STEP,
        initial=60,
        help_text=_("À titre indicatif : chaque réservation fixe sa propre durée."),
    )

    def __init__(self, *args: Any, mentor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Q(is_validated=True) | Q(proposed_by=mentor)
        _offer_categories(self, Category.objects.filter(own))
        _offer_skills(self, Skill.objects.filter(own))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        category, skill = data.get("category"), data.get("skill")
        if category and skill and skill.category_id != category.pk:
            self.add_error("skill", _("Cette compétence n’appartient pas à cette catégorie."))
        return data

    def words(self) -> TrainingWords:
        return TrainingWords(**self.cleaned_data)


def initial_words(text: Training | TrainingRevision) -> dict[str, Any]:
    return {name: getattr(text, name) for name in TrainingForm.base_fields}


class ProposalForm(forms.Form):
    """A name missing from the list (SK-34, SK-35)."""

    name = forms.CharField(label=_("Compétence proposée"), max_length=60)
    category = forms.ModelChoiceField(
        label=_("Dans la catégorie"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=_("Une nouvelle catégorie"),
    )
    category_name = forms.CharField(
        label=_("Nom de la nouvelle catégorie"),
        max_length=60,
        required=False,
        help_text=_("Seulement si aucune catégorie ne convient."),
    )

    def __init__(self, *args: Any, mentor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_categories(self, Category.objects.filter(Q(is_validated=True) | Q(proposed_by=mentor)))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("category") and not data.get("category_name"):
            self.add_error("category_name", _("Choisissez une catégorie ou nommez-en une nouvelle."))
        return data


class CategoryProposalForm(forms.Form):
    """A category missing from the list (SK-34), without a skill yet."""

    category_name = forms.CharField(
        label=_("Catégorie proposée"),
        max_length=60,
        help_text=_("Vous pourrez ensuite y proposer une compétence."),
        error_messages={"required": _("Écrivez le nom de la catégorie.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "nouvelle_%s"


def target_field(source: Skill | Category) -> forms.ModelChoiceField[Any]:
    """The listed names that `source` may become."""
    if isinstance(source, Skill):
        skills = Skill.objects.validated().select_related("category").exclude(pk=source.pk)
        return SkillField(label=_("Le nom qui reste"), queryset=skills.order_by("category__name", "name"))
    return forms.ModelChoiceField(
        label=_("Le nom qui reste"), queryset=Category.objects.validated().exclude(pk=source.pk)
    )


class MergeForm(forms.Form):
    """Which name stays, and why: those who proposed the other one read it."""

    reason = forms.CharField(
        label=_("Raison, lue par le membre qui a proposé le nom"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        error_messages={"required": _("Donnez la raison de la décision : le membre la lira.")},
    )

    def __init__(self, *args: Any, target: forms.ModelChoiceField[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target.error_messages["required"] = _("Choisissez le nom qui reste.")
        self.fields = {"into": target, **self.fields}


class NameForm(forms.ModelForm[Category]):
    """A name of the list as the team writes it; its address is made of it."""

    reason = forms.CharField(
        label=_("Raison"),
        help_text=_("Elle reste dans la trace de l’équipe."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
    )

    class Meta:
        model = Category
        fields = ["name"]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        slug = address_of(name)
        if not slug:
            raise forms.ValidationError(_("Écrivez un nom avec des lettres."))
        others = type(self.instance)._default_manager.exclude(pk=self.instance.pk)
        if others.filter(Q(slug=slug) | Q(name__iexact=name)).exists():
            raise forms.ValidationError(_("Ce nom existe déjà dans la liste."))
        return name


class SkillNameForm(NameForm):
    category = forms.ModelChoiceField(label=_("Catégorie"), queryset=Category.objects.validated())

    class Meta:
        model = Skill
        fields = ["name", "category"]
