"""What `reviews` knows of a member. Marks count whoever gave them (K-34)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exporting import section
from core.personal_data import Fate, Held, Section, Source
from reviews.models import Review, ReviewReport

PUBLIC = gettext_lazy("l’avis porte sur une session tenue et informe les autres membres\u202f; il reste, sans nom")
MODERATION = gettext_lazy("preuve des décisions de modération, 5 ans, sous pseudonyme (code civil, art. 2224)")

HELD = (
    Held("reviews.Review", gettext_lazy("les évaluations"), Fate.PSEUDONYM, ("author", "mentor"), PUBLIC),
    Held("reviews.ReviewReport", gettext_lazy("les avis signalés"), Fate.PSEUDONYM, ("author",), MODERATION),
    Held("reviews.ReviewEvent", gettext_lazy("les décisions sur ces avis"), Fate.PSEUDONYM, ("actor",), MODERATION),
    Held("reviews.Invitation", gettext_lazy("les invitations à évaluer"), Fate.PSEUDONYM, (), PUBLIC),
)


def sections(member_id: int) -> Iterator[Section]:
    columns = ((_("Session"), "about"), "mark", "comment", "created_at", "edited_at")
    written = Review.objects.filter(author=member_id).select_related("booking")
    yield section(_("Évaluations écrites"), written, *columns)
    received = Review.objects.filter(mentor=member_id).select_related("booking")
    yield section(_("Évaluations reçues"), received, *columns, "reply", "replied_at")
    reports = ReviewReport.objects.filter(author=member_id)
    yield section(_("Avis signalés"), reports, "created_at", "ground", "passage", "words", "status")


def erase(member_id: int) -> None:
    """What he replied; what others wrote of him stands on no page any more, and counts nowhere."""
    replied = Review.objects.filter(mentor=member_id).exclude(reply="")
    replied.update(reply="", replied_at=None, reply_edited_at=None, reply_removed_at=None)


SOURCE = Source(app="reviews", title=gettext_lazy("Évaluations"), held=HELD, sections=sections, erase=erase)
