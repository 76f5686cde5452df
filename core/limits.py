"""How often one address may ask for something that costs us."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

# A home gets a whole /64: one device could change its address for each request.
IPV6_PREFIX = 64


def address_token(request: HttpRequest) -> str:
    """Stands for the visitor's address without telling it. The address is found as for the limits of the log-in."""
    address = ip_address(get_adapter().get_client_ip(request))
    place: IPv4Address | IPv6Address = address
    if isinstance(address, IPv6Address):
        # As a server that listens to both calls a visitor of the old kind: his neighbors in the /64 are everybody.
        place = address.ipv4_mapped or IPv6Network((address, IPV6_PREFIX), strict=False).network_address
    return salted_hmac("core.limits", str(place)).hexdigest()[:16]


def is_allowed(name: str, key: str, *, most: int, seconds: int) -> bool:
    """Count one more use of `name` by `key`; False from the use after `most` until the window of `seconds` is over."""
    counter = f"limit:{name}:{key}"
    # Twice: somebody else may count the first use of a window at the same time.
    for _ in range(2):
        try:
            return cache.incr(counter) <= most
        except ValueError:
            if cache.add(counter, 1, seconds):
                return True
    return False
