"""What a Hugging Face hub says about a repository: its commit, and its files with their sizes.

huggingface_hub finds the token and talks to the hub; the files themselves are fetched by
`builder.download`.
"""

import os
import socket
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from builder.download.address import mask_password
from builder.download.connection import TIMEOUT_S, is_transient, retry_after
from builder.download.errors import AttemptError
from builder.download.transfer import RETRY_DELAYS, wait_before_retry
from builder.errors import ModelError, first_line
from builder.models.hub.store import HubFile, Snapshot
from builder.spec.hub_name import HubName, is_commit
from builder.version import NAME, __version__

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo

_LOG_IN = "log in with `hf auth login`, or set HF_TOKEN"
_ON = ("1", "on", "yes", "true")


@dataclass(frozen=True)
class Hub:
    """A hub and the token that it knows the user by, which is never shown or kept."""

    endpoint: str
    token: str | None = field(repr=False)

    @property
    def authorization(self) -> str | None:
        """The header that gives access to what the user may read."""
        return f"Bearer {self.token}" if self.token else None

    def url_of(self, snapshot: Snapshot, file: str) -> str:
        """Where a file can be downloaded; the answer may be a redirect to another server."""
        return f"{self.endpoint}/{snapshot.repository}/resolve/{snapshot.commit}/{quote(file)}"

    def page_of(self, name: HubName) -> str:
        """The page of a model, for people."""
        return mask_password(f"{self.endpoint}/{name.repository}")

    def find_snapshot(
        self,
        name: HubName,
        say: Callable[[str], None],
        delays: Sequence[float] = RETRY_DELAYS,
    ) -> Snapshot:
        """The commit that a revision is at, and its files.

        Raises:
            OfflineError: if the hub cannot be reached at all.
            ModelError: if it has no such model or revision, the token does not give access, or it
                does not answer after several attempts.
        """
        for delay in (*delays, None):
            try:
                return _read_info(name, self._ask(name))
            except AttemptError as error:
                if delay is None:
                    raise OfflineError(
                        f"{name}: {mask_password(self.endpoint)} cannot be asked for it: {error}.",
                        "Try again later.",
                    ) from None
                wait_before_retry(delay, error, say)
        raise AssertionError("the last attempt returns or raises")

    def _ask(self, name: HubName) -> "ModelInfo":
        from huggingface_hub import HfApi
        from huggingface_hub import errors as hub_errors

        api = HfApi(
            endpoint=self.endpoint,
            token=self.token or False,
            library_name=NAME,
            library_version=__version__,
        )
        try:
            with silence():
                return api.model_info(
                    name.repository, revision=name.wanted, files_metadata=True, timeout=TIMEOUT_S
                )
        except hub_errors.GatedRepoError:
            raise self.explain_refusal(name) from None
        except hub_errors.RevisionNotFoundError:
            raise ModelError(
                f"{name}: the model has no branch, tag or commit {name.wanted!r}.",
                f"Its commits: {self.page_of(name)}/commits/main",
            ) from None
        except hub_errors.RepositoryNotFoundError:
            raise self._explain_absence(name) from None
        except hub_errors.HfHubHTTPError as error:
            raise self._explain_answer(name, error.response) from None
        except Exception as error:  # whatever the HTTP library or the answer is to blame for
            raise self.explain_failure(name, error) from None

    def explain_refusal(self, name: HubName) -> ModelError:
        """The error for files that the hub does not give to this user."""
        log_in = "with the account of your token" if self.token else f"and {_LOG_IN}"
        return ModelError(
            f"{name}: the hub gives its files only to people who have accepted its terms.",
            f"Accept them at {self.page_of(name)} {log_in}.",
        )

    def _explain_absence(self, name: HubName) -> ModelError:
        private = f"If it is private, {_LOG_IN}."
        if self.token:
            private = "If it is private, your token must be one of an account that may read it."
        return ModelError(
            f"{name}: {mask_password(self.endpoint)} has no such model, or it is private.",
            f"Check the name. {private}",
        )

    def _explain_answer(self, name: HubName, response: Any) -> Exception:
        """What an error status means; what the server wrote could have the token in it."""
        status: int = response.status_code
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            if self.token is None:
                return self._explain_absence(name)
            return ModelError(
                f"{name}: {mask_password(self.endpoint)} does not accept your token"
                f" ({describe_status(status)}).",
                "Log in again with `hf auth login`, or correct HF_TOKEN.",
            )
        if is_transient(status):
            return explain_overload(response)
        return ModelError(
            f"{name}: {mask_password(self.endpoint)} cannot be asked for it: the server answered"
            f" {describe_status(status)}.",
            "Check the name, and HF_ENDPOINT if you have set it.",
        )

    def explain_failure(self, name: object, error: Exception) -> Exception:
        """The error for a question about `name` that no server has answered."""
        if any(isinstance(cause, socket.gaierror) for cause in causes_of(error)):
            return OfflineError(
                f"{name}: {mask_password(self.endpoint)} was not found; this machine may be"
                " offline.",
                "Try again where there is a network.",
            )
        return AttemptError(first_line(error))


class OfflineError(ModelError):
    """The hub cannot be reached."""


def find_hub() -> Hub:
    """The hub of `HF_ENDPOINT`, or huggingface.co, and the token that the user has given.

    Raises:
        ModelError: if the token cannot be found because looking for it fails.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import constants
    from huggingface_hub.utils import build_hf_headers

    endpoint = os.environ.get("HF_ENDPOINT") or constants.ENDPOINT
    if not endpoint.startswith(("https://", "http://")):
        raise ModelError(
            f"HF_ENDPOINT: {mask_password(endpoint)!r} is not a web address.",
            "Write https://HOST, or unset it.",
        )
    try:
        with silence():
            said = build_hf_headers().get("authorization", "")
    except Exception as error:  # a login that has expired, a file that cannot be read
        raise ModelError(
            f"the token of the Hugging Face hub cannot be used ({type(error).__name__}).",
            "Log in again with `hf auth login`, or set HF_TOKEN.",
        ) from None
    return Hub(endpoint.rstrip("/"), said.removeprefix("Bearer ") or None)


def is_offline() -> bool:
    """Whether the user has told the hub's libraries not to use the network."""
    said = (os.environ.get(name, "") for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))
    return any(text.strip().lower() in _ON for text in said)


def _read_info(name: HubName, info: "ModelInfo") -> Snapshot:
    """What an answer says, which may be that of a server that is no hub."""
    try:
        commit = str(info.sha)
        if not is_commit(commit):
            raise ValueError(commit)
        files = {file.name: file for file in _read_files(info.siblings or ())}
        repository = HubName.parse(f"hf:{info.id}").repository
    except (TypeError, ValueError, AttributeError, KeyError, ModelError):
        raise ModelError(
            f"{name}: the answer does not describe a model on a hub.",
            "Check HF_ENDPOINT if you have set it.",
        ) from None
    return Snapshot(repository, commit, files)


def _read_files(siblings: Sequence[Any]) -> Iterator[HubFile]:
    for sibling in siblings:
        lfs = sibling.lfs
        size = lfs.size if lfs else sibling.size
        yield HubFile(
            str(sibling.rfilename),
            None if size is None else int(size),
            str(lfs.sha256) if lfs else None,
        )


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, and those that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def describe_status(status: int) -> str:
    """A status in the words of its standard."""
    return f"{status} {HTTPStatus(status).phrase}" if status in set(HTTPStatus) else str(status)


def explain_overload(response: Any) -> AttemptError:
    """The error for an answer that may be another one later, with how long to wait."""
    said = Message()
    said["Retry-After"] = response.headers.get("Retry-After") or ""
    reason = f"the server answered {describe_status(response.status_code)}"
    return AttemptError(reason, retry_after(said))


@contextmanager
def silence() -> Generator[None]:
    """Keep huggingface_hub's own warnings off the screen."""
    from huggingface_hub import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(before)
