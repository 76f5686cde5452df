"""What every page shows around its content."""

from django.http import HttpRequest

from pages.chrome import Chrome


def chrome(request: HttpRequest) -> dict[str, Chrome]:
    """Nothing is read here: each part is looked up when a template prints it, once."""
    return {"chrome": Chrome(request)}
