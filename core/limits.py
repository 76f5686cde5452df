"""How often one person, or one address, may ask for something that costs us or others."""

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from core.caches import count
from core.errors import RateLimited

# A home gets a whole /64: one device could change its address for each request.
IPV6_PREFIX = 64


def client_address(request: HttpRequest) -> IPv4Address | IPv6Address:
    """Whose request it is, as the nearest proxies of ours saw it: what stands before them anybody may have written."""
    behind = settings.TRUSTED_PROXIES
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    seen = told[-behind] if 0 < behind <= len(told) else ""
    for address in (seen, request.META.get("REMOTE_ADDR", "")):
        with suppress(ValueError):
            return ip_address(address)
    # A socket of the file system has no address.
    return IPv6Address(0)


def address_token(request: HttpRequest) -> str:
    """Stands for the visitor's address without telling it."""
    address = client_address(request)
    place: IPv4Address | IPv6Address = address
    if isinstance(address, IPv6Address):
        # As a server that listens to both calls a visitor of the old kind: his neighbors in the /64 are everybody.
        place = address.ipv4_mapped or IPv6Network((address, IPV6_PREFIX), strict=False).network_address
    return salted_hmac("core.limits", str(place)).hexdigest()[:16]


def hold(name: str, *keys: str | int) -> None:
    """Raise RateLimited when one of `keys` did `name` more often than settings.LIMITS lets it."""
    most, seconds = settings.LIMITS[name]
    for key in keys:
        if not is_allowed(name, str(key), most=most, seconds=seconds):
            raise RateLimited


def is_allowed(name: str, key: str, *, most: int, seconds: int) -> bool:
    """Count one more use of `name` by `key`; False from the use after `most` until the window of `seconds` is over."""
    return count(f"limit:{name}:{key}", seconds) <= most
