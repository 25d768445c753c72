"""What can go wrong with an attempt to download a file."""

from builder.download.address import mask_password


class AttemptError(Exception):
    """This attempt failed; another one may succeed, if the server says so after `wait_s`."""

    def __init__(self, reason: str, wait_s: float | None = None):
        super().__init__(_printable(reason))
        self.wait_s = wait_s


class StallError(AttemptError):
    """The server sends so little that waiting is no use."""


class FinalError(Exception):
    """This address will not give the file."""

    def __init__(self, reason: str):
        super().__init__(_printable(reason))


class RangeError(AttemptError):
    """The server does not have the part that was asked for."""


def _printable(text: str) -> str:
    """What a server said, without control characters, passwords and endless lines."""
    return mask_password("".join(c if c.isprintable() else "?" for c in text)[:300])
