"""What can go wrong, in words for the person at the keyboard.

Every error that a user can cause is a `BuilderError`. The command line prints its message and exits
with code 2; `builder.cli` says which other codes there are.
"""

import errno
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


class BuilderError(Exception):
    """An error whose message names the file and the value, and whose remedy says what to do.

    `remedy` is empty if the message already contains it.
    """

    def __init__(self, message: str, remedy: str = ""):
        self.message = message
        self.remedy = remedy
        super().__init__(message + (f"\n{remedy}" if remedy else ""))


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where it is, what it is, and what to do about it."""

    where: str
    message: str
    remedy: str = ""

    @classmethod
    def from_error(cls, where: str, error: BuilderError) -> "Problem":
        """The problem that an error describes, at `where`."""
        return cls(where, error.message, error.remedy)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" + (f"\n    {self.remedy}" if self.remedy else "")


class SpecError(BuilderError):
    """`demo.toml`, or a file it names, cannot be used; carries every problem found."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        count = len(self.problems)
        head = "1 problem" if count == 1 else f"{count} problems"
        super().__init__("\n".join([f"{head} found:", *(f"  {p}" for p in self.problems)]))


class ImageError(BuilderError):
    """A picture cannot be opened or is not safe to open.

    `key` is what is to blame in the picture's table of `demo.toml`.
    """

    def __init__(self, message: str, remedy: str = "", *, key: Literal["file", "crop"] = "file"):
        super().__init__(message, remedy)
        self.key = key


class ModelError(BuilderError):
    """A model's files are missing, unreadable, or do not fit its architecture."""


class NumberError(ModelError):
    """A weight, a score or an entry of a row is NaN or infinite, so nothing of it can be used."""


class ExportError(BuilderError):
    """A JAX function uses something that TensorFlow.js cannot run."""


class ParityError(ExportError):
    """The exported graph does not compute what JAX computes."""


class SiteError(BuilderError):
    """A site folder cannot be written, or is not what its manifest says."""


def first_line(error: BaseException) -> str:
    """The type and the first line of an exception's message, cut off where it grows too long.

    It is not as `traceback` formats it, since JAX notes its own affairs after the message.
    """
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # An author's exception may have a message that fails itself.
        text = type(error).__name__
    line = text.strip().splitlines()[0]
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} ..."


_LONGEST = 500
_SHOWN = 200


def show(value: object) -> str:
    """A value as Python writes it, its start if that is long: for messages about it."""
    try:
        text = repr(value)
    except Exception:  # numbers of thousands of digits, deep lists, classes of an author's
        return f"this {type(value).__name__}"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."


_REMEDIES: Mapping[int, str] = {
    errno.ENOSPC: "Free some space.",
    errno.EDQUOT: "Free some space.",
    errno.EACCES: "Change its permissions, or name another.",
    errno.EPERM: "Change its permissions, or name another.",
    errno.EROFS: "Name a folder that can be written to.",
    errno.ENAMETOOLONG: "Use a shorter name.",
    errno.ELOOP: "Correct the link, which leads back to itself.",
    errno.EMFILE: "Allow more open files: ulimit -n 4096.",
    errno.EIO: "The disk may be failing: copy what is on it.",
}


def reason_of(error: OSError) -> str:
    """What the system says, without the number and the file: "No such file or directory"."""
    return error.strerror or str(error) or type(error).__name__


def explain_system_error(error: OSError | MemoryError) -> BuilderError:
    """The error of the system in words: the file that it names, and what to do.

    It stands for whatever no `reading` or `writing` has foreseen.
    """
    if isinstance(error, MemoryError):
        remedy = "Close other programs, or use smaller inputs."
        return BuilderError(f"this needs more memory than there is. {remedy}")
    if error.errno == errno.ENOENT and error.filename is None and not _has_working_directory():
        return BuilderError("the working directory is not there any more. Change to another one.")
    about = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    remedy = _REMEDIES.get(error.errno or 0, "Check the names that you gave, and the disk.")
    return BuilderError(f"{about}{reason_of(error).rstrip('.')}. {remedy}")


def _has_working_directory() -> bool:
    try:
        Path.cwd()
    except OSError:
        return False
    return True


@contextmanager
def writing(path: Path, remedy: str) -> Generator[None]:
    """Say in a sentence that the system refuses to write a file or folder.

    Raises:
        BuilderError: in place of an OSError; it names `path` and ends with the sentence `remedy`.
    """
    try:
        yield
    except OSError as error:
        raise BuilderError(f"{path}: cannot be written: {reason_of(error)}. {remedy}") from None


@contextmanager
def reading(
    path: Path | str, remedy: str, kind: type[BuilderError] = BuilderError
) -> Generator[None]:
    """Say in a sentence that a file of the user's cannot be used, whatever its decoder raises.

    Decoders raise exceptions of any type on damaged files, so only a decoder belongs in the block.

    Raises:
        BuilderError: of that kind, in place of any exception; it names `path` and ends with the
            sentence `remedy`.
    """
    try:
        yield
    except BuilderError:
        raise
    except OSError as error:
        reason = f"cannot be read: {reason_of(error)}"
    except MemoryError:
        reason = "needs more memory than there is"
    except RecursionError:
        reason = "is nested too deeply"
    except Exception as error:
        reason = f"is damaged or of another kind ({first_line(error)})"
    else:
        return
    raise kind(f"{path}: {reason.rstrip('.')}. {remedy}")


@contextmanager
def about(name: str) -> Generator[None]:
    """Say in an ExportError which model or function it is about."""
    try:
        yield
    except ExportError as error:
        raise type(error)(f"{name}: {error}") from error


@contextmanager
def naming(path: Path | str) -> Generator[None]:
    """Say in a BuilderError which file, or which model, it is about."""
    try:
        yield
    except BuilderError as error:
        raise type(error)(f"{path}: {error}") from error
