"""
Where a request comes from, as coarse as can be: a block of addresses, a family of browsers.

``X-Forwarded-For`` is believed from our own proxies only, and only its last part that none of them
is.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def place_of(peer: str, forwarded: bytes | None, proxies: tuple[str, ...]) -> str:
    """Return the block of addresses that a request comes from: /24 or /48."""
    if forwarded is None or not proxies:
        return block_of(peer)
    hops = [peer, *reversed(forwarded.decode("latin-1").split(","))]
    trusted = (hop.strip() for hop in hops if not is_within(hop.strip(), proxies))
    return block_of(next(trusted, peer))


@lru_cache(maxsize=4096)
def block_of(text: str) -> str:
    """Return *text* without what tells one household from the next; "" if it is no address."""
    address = _address(text)
    if address is None:
        return ""
    length = 24 if address.version == 4 else 48  # noqa: PLR2004 - IPv4
    return str(ip_network((address, length), strict=False))


@lru_cache(maxsize=1024)
def is_within(text: str, networks: tuple[str, ...]) -> bool:
    """Tell whether *text* is an address of one of these networks."""
    address = _address(text)
    return address is not None and any(address in ip_network(one, strict=False) for one in networks)


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=1024)
def agent_of(text: str) -> str:
    """Return the family of browser and system, "Firefox on Linux", as sessions are listed."""
    browser = next((name for sign, name in BROWSERS if sign in text), "")
    system = next((name for sign, name in SYSTEMS if sign in text), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or ("A program" if text else "Unknown")
