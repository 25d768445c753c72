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
    """This address will not give the file; `status` is that of the answer, if there was one."""

    def __init__(self, reason: str, status: int | None = None):
        super().__init__(_printable(reason))
        self.status = status


class RangeError(AttemptError):
    """The server does not have the part that was asked for."""


def _printable(text: str) -> str:
    """What a server said, without control characters, passwords and endless lines."""
    clean = "".join(c if c.isprintable() else "?" for c in text[:_MASKED])
    # A secret that is cut in two would not be found.
    return mask_password(clean)[:_SHOWN]


_MASKED, _SHOWN = 10_000, 300
