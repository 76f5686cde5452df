"""Settings kept as dated rows."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Setting(models.Model):
    """A value that staff may change from a date on. Rows are added, never edited: the past stays readable."""

    key = models.CharField(_("clé"), max_length=64)
    value = models.JSONField(_("valeur"))
    effective_from = models.DateTimeField(_("à partir du"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("par"), related_name="+")
    reason = models.CharField(_("raison"), max_length=500)
    created_at = models.DateTimeField(_("enregistré le"), auto_now_add=True)

    class Meta:
        verbose_name = _("réglage")
        verbose_name_plural = _("réglages")
        ordering = ["key", "-effective_from"]
        # Of no row: whether the parts of the product are well, which the same people watch.
        permissions = [("view_health", "Can view the health of the product")]
        constraints = [models.UniqueConstraint(fields=["key", "effective_from"], name="setting_key_date")]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
