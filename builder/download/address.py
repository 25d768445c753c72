"""Web addresses: where files are, and what of an address may be shown."""

import base64
import re
import urllib.parse
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

GOOGLE_STORAGE = "https://storage.googleapis.com/"

_USER_INFO = re.compile(r"(?<=://)[^/?#\s]*@")
_SECRET = re.compile(r"(?:(?<=://)|^(?!\S*://))\S*@")
"""More than the user and the password, where an address is not well formed."""


_HIDDEN: ContextVar[tuple[str, ...]] = ContextVar("hidden", default=())
_MASK = "***"


@contextmanager
def hiding(secret: str | None) -> Generator[None]:
    """While the context lasts, `mask_password` also masks this secret, such as a token."""
    shapes = {secret, urllib.parse.quote(secret, safe="")} if secret else set[str]()
    reset = _HIDDEN.set((*_HIDDEN.get(), *shapes))
    try:
        yield
    finally:
        _HIDDEN.reset(reset)


def web_address(url: str, mirror: str | None = None) -> str:
    """The https address of a `gs://` one; a `mirror` takes the place of Google Storage."""
    if url.startswith("gs://"):
        url = GOOGLE_STORAGE + url.removeprefix("gs://")
    if mirror and url.startswith(GOOGLE_STORAGE):
        url = mirror.rstrip("/") + "/" + url.removeprefix(GOOGLE_STORAGE)
    return url


def mask_password(text: str) -> str:
    """A text in which addresses do not show the user and the password that they contain.

    Nor does it show what is being hidden.
    """
    for secret in _HIDDEN.get():
        text = text.replace(secret, _MASK)
    return _SECRET.sub(f"{_MASK}@", text)


def split_credentials(url: str) -> tuple[str, str | None]:
    """An address without its user and password, and the header `Authorization` that says them."""
    found = _USER_INFO.search(url)
    if found is None:
        return url, None
    user, _, password = found[0].removesuffix("@").partition(":")
    said = f"{urllib.parse.unquote(user)}:{urllib.parse.unquote(password)}"
    return url.replace(found[0], "", 1), f"Basic {base64.b64encode(said.encode()).decode()}"
