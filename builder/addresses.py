"""Which web addresses this program accepts: plain ones, of which no part can pass for another."""

import ipaddress
import re
import urllib.parse
from collections.abc import Iterable

_HOST_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII | re.IGNORECASE)
_LONGEST_HOST = 253
# Browsers read a host that ends with a number as an IPv4 address, however it is written.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)

# What stands for itself in a path, and ends nothing in HTML or a content security policy.
_FOLDER_PATH = re.compile(r"(?:/(?:[\w.~!$&()+=:@-]|%[0-9a-f]{2})*)*", re.ASCII | re.IGNORECASE)
_ABOVE = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_ESCAPED_SEPARATOR = re.compile(r"%(?:2f|5c|3b|2c|00)", re.IGNORECASE)

_PORTS = {"http": 80, "https": 443}

_HIDDEN = "***"
_USER_IN_ADDRESS = re.compile(r"(?<=://)[^\s'\"]*@")
_USER_WITH_PASSWORD = re.compile(r"(?<![^\s'\"])[^\s'\"/:@]+:[^\s'\"@]+@(?=[\w.-]+:)")
_SECRET_IN_QUERY = re.compile(
    r"([?&;][\w.-]*(?:token|key|secret|pass|auth|sig|credential)[\w.-]*=)[^&;\s'\"]+", re.IGNORECASE
)
_KNOWN_TOKEN = re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-|hf_)[\w-]{8,}")
_SHORTEST_SECRET = 3


def find_address_flaw(address: str) -> str | None:
    """Why that is not the web address of a page; None if it is.

    What is returned follows the address in a sentence, such as "has no host".
    """
    for character in address:
        if not character.isprintable() or character in ' "<>\\`':
            return f"has the character {character!a}"
    try:
        parts = urllib.parse.urlsplit(address)
        port = parts.port
    except ValueError as error:
        return f"is not a web address ({str(error).rstrip('.')})"
    if parts.scheme not in _PORTS or not address[len(parts.scheme) :].startswith("://"):
        return "is not a web address, which starts with https:// or http://"
    if "@" in parts.netloc:
        return "has a user name or password in it"
    if port == 0 or parts.netloc.endswith(":"):
        return "has no port that exists"
    return _find_flaw_of_host(parts.netloc, parts.hostname or "")


def find_folder_flaw(address: str) -> str | None:
    """Why a site's data cannot be in a folder at that address; None if it can.

    Pages get it in their content security policy, where it must stand for that folder and no more.
    """
    if flaw := find_address_flaw(address):
        return flaw
    parts = urllib.parse.urlsplit(address)
    if not address.isascii():
        return "has letters that are not ASCII: write its host as xn--..., and its path with %"
    if "?" in address or "#" in address:
        return "has a query or a fragment, which a folder cannot have"
    if (
        not _FOLDER_PATH.fullmatch(parts.path)
        or _ABOVE.search(parts.path)
        or _ESCAPED_SEPARATOR.search(parts.path)
    ):
        return f"has the path {parts.path}, which browsers would not take literally"
    return find_transport_flaw(address)


def find_transport_flaw(address: str) -> str | None:
    """Why others could read or change what goes to and from that address; None if they cannot."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return None
    return "is not encrypted: use https:// (http:// is only for this machine)"


def is_loopback(host: str) -> bool:
    """Whether a host's name or IP address, without brackets, always means this very machine."""
    name = host.casefold()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def origin_of(address: str) -> tuple[str, str, int]:
    """Scheme, host and port, which two addresses share if browsers take them for one origin."""
    parts = urllib.parse.urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)


def to_ascii(address: str) -> str:
    """The same address without a fragment and a query, in characters that a request may have."""
    parts = urllib.parse.urlsplit(address)
    host = _to_ascii(parts.hostname or "")
    port = f":{parts.port}" if parts.port else ""
    path = urllib.parse.quote(parts.path, safe="/%:@!$&()*+,;=~")
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}{path}"


def _find_flaw_of_host(netloc: str, host: str) -> str | None:
    if not host:
        return "has no host"
    if netloc.startswith("["):
        try:
            zone = ipaddress.IPv6Address(host).scope_id
        except ValueError:
            zone = host
        is_plain = zone is None and re.fullmatch(r"\[[^]]*\](?::[0-9]+)?", netloc)
        return None if is_plain else f"has the host {netloc}, which is not an IPv6 address"
    labels = _to_ascii(host).split(".")
    if len(".".join(labels)) > _LONGEST_HOST or not all(map(_HOST_LABEL.fullmatch, labels)):
        return f"has the host {host}, which is not a name or an IP address"
    if _NUMBER.fullmatch(labels[-1]):
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            return f"has the host {host}, which is not an IPv4 address"
    return None


def _to_ascii(host: str) -> str:
    """A host's name in the letters of the domain name system; unchanged if it has no such form."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host


def mask_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without the user names, passwords and tokens in the addresses that it quotes.

    `secrets` are hidden wherever they are.
    """
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    text = _USER_IN_ADDRESS.sub(f"{_HIDDEN}@", text)
    text = _USER_WITH_PASSWORD.sub(f"{_HIDDEN}@", text)
    text = _SECRET_IN_QUERY.sub(rf"\1{_HIDDEN}", text)
    return _KNOWN_TOKEN.sub(_HIDDEN, text)


def find_secrets(address: str) -> set[str]:
    """The password of an address, or the token in its place, as written and as meant."""
    scheme, found, rest = address.partition("://")
    if not found or "@" not in rest:
        return set()
    user, has_password, password = rest.rpartition("@")[0].partition(":")
    # An SSH address without a password names a user, such as git.
    secret = password if has_password else user if scheme.startswith("http") else ""
    both = {secret, urllib.parse.unquote(secret)}
    return {text for text in both if len(text) >= _SHORTEST_SECRET}
