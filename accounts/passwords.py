"""Django's rules for passwords, each said in one short sentence beside the field."""

from django.contrib.auth import password_validation as rules
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LongEnough(rules.MinimumLengthValidator):
    def get_help_text(self) -> str:
        least = self.min_length
        return ngettext("%(least)d caractère au moins.", "%(least)d caractères au moins.", least) % {"least": least}


class NotAboutYou(rules.UserAttributeSimilarityValidator):
    def get_help_text(self) -> str:
        return _("Ni votre nom ni votre adresse e-mail.")


class NotCommon(rules.CommonPasswordValidator):
    def get_help_text(self) -> str:
        return _("Pas un mot de passe que tout le monde essaie, comme «\u202fmotdepasse\u202f».")
