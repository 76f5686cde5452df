from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Invented people, a reader for sent e-mails, a clock that moves. Installed by demo and test settings only."""

    name = "demo"
