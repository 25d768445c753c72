"""A Space of the Hugging Face hub: what is in it, and one commit to it.

huggingface_hub does the work. What fails for good is a BuilderError, what may be better later an
AttemptError; neither shows the token, or what a server has written.
"""

import warnings
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from builder.download.address import mask_password
from builder.download.connection import (
    TIMEOUT_S,
    is_transient,
    open_address,
    read_body,
)
from builder.download.errors import AttemptError, FinalError
from builder.errors import BuilderError, ModelError, show
from builder.models.hub.repository import Hub, causes_of, describe_status, explain_overload, silence
from builder.site.own_files import MANIFEST
from builder.spec.hub_name import DEFAULT_BRANCH, PREFIX, HubName
from builder.version import NAME, __version__

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_TYPE = "space"
_CHUNK = 1 << 20
_LARGEST = 100_000_000
"""Bytes of a file that is read, which is a manifest or a README."""
_CHANGED = (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)


@dataclass(frozen=True)
class SpaceState:
    """A Space at a commit: its files, and the address of its page, if the hub says it.

    `is_fresh` means that there is only what the hub itself puts into every Space.
    """

    commit: str
    files: frozenset[str]
    page: str | None
    is_fresh: bool


class Space:
    """A Space by its name `OWNER/NAME`, for the user whose token the hub has."""

    def __init__(self, hub: Hub, name: str):
        self.name = name
        self._hub = hub

    @property
    def address(self) -> str:
        """Its page on the hub."""
        return mask_password(f"{self._hub.endpoint}/spaces/{self.name}")

    def find(self) -> SpaceState | None:
        """What is in it now; None if there is none, or none that the user may see.

        Raises:
            BuilderError: if the hub will not do it.
            AttemptError: if it may do it later.
        """
        from huggingface_hub import errors

        with self._asking():
            try:
                info = self._api().space_info(self.name, timeout=TIMEOUT_S)
                files = frozenset(file.rfilename for file in info.siblings or ())
                is_fresh = MANIFEST not in files and self._count_commits() < 2
            except errors.RepositoryNotFoundError:
                return None
            return SpaceState(str(info.sha), files, info.host, is_fresh)

    def _count_commits(self) -> int:
        return len(self._api().list_repo_commits(self.name, repo_type=_TYPE))

    def create(self) -> None:
        """Make it, empty and public, for plain files.

        Raises:
            BuilderError: if the hub will not do it.
            AttemptError: if it may do it later.
        """
        with self._asking(while_creating=True):
            self._api().create_repo(self.name, repo_type=_TYPE, space_sdk="static")

    def read(self, state: SpaceState, file: str) -> bytes:
        """A file as it is at that commit.

        Raises:
            BuilderError: if the hub will not do it.
            AttemptError: if it may do it later.
        """
        url = f"{self._hub.endpoint}/spaces/{self.name}/resolve/{state.commit}/{quote(file)}"
        try:
            with open_address(url, {}, self._hub.authorization) as response:
                content = bytearray()
                while (chunk := read_body(response, _CHUNK)) and len(content) <= _LARGEST:
                    content += chunk
        except FinalError as error:
            raise BuilderError(f"{self.name}: {file} cannot be read: {error}.") from None
        return bytes(content)

    def commit(
        self,
        state: SpaceState,
        files: Mapping[str, bytes | Path],
        deleted: Collection[str],
        message: str,
    ) -> str:
        """Put files in the place of those at that commit, in one step; returns the commit.

        What is given as a path is read while it is uploaded.

        Raises:
            BuilderError: if the hub will not do it.
            AttemptError: if it may do it later.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        operations = [
            *(CommitOperationDelete(path_in_repo=name) for name in sorted(deleted)),
            *(CommitOperationAdd(path_in_repo=name, path_or_fileobj=files[name]) for name in files),
        ]
        with self._asking():
            done = self._api().create_commit(
                self.name,
                operations,
                commit_message=message,
                repo_type=_TYPE,
                revision=DEFAULT_BRANCH,
                parent_commit=state.commit,
            )
            return str(done.oid)

    def _api(self) -> "HfApi":
        from huggingface_hub import HfApi

        return HfApi(
            endpoint=self._hub.endpoint,
            token=self._hub.token or False,
            library_name=NAME,
            library_version=__version__,
        )

    @contextmanager
    def _asking(self, *, while_creating: bool = False) -> Generator[None]:
        """Say what is wrong with an answer, or that there was none."""
        from huggingface_hub import errors
        from huggingface_hub.utils import disable_progress_bars

        disable_progress_bars()
        try:
            with silence(), warnings.catch_warnings():
                # What the hub thinks of a README, and the library of names of files.
                warnings.simplefilter("ignore")
                yield
        except Exception as error:
            for cause in causes_of(error):
                if isinstance(cause, errors.HfHubHTTPError):
                    raise self._explain(cause.response, while_creating) from None
            raise self._hub.explain_failure(self.name, error) from None

    def _explain(self, response: Any, while_creating: bool) -> Exception:
        status: int = response.status_code
        hub = mask_password(self._hub.endpoint)
        if status == HTTPStatus.UNAUTHORIZED:
            return BuilderError(
                f"{self.name}: {hub} does not accept your token ({describe_status(status)}). Log in"
                " again with `hf auth login`, or correct HF_TOKEN."
            )
        if status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND) or (
            while_creating and status == HTTPStatus.CONFLICT
        ):
            owner = self.name.partition("/")[0]
            return BuilderError(
                f"{self.name}: your token may not write there ({describe_status(status)}). Use one"
                f" with the role write, of an account that is {owner} or belongs to it."
            )
        if status in _CHANGED:
            return AttemptError("somebody else has changed it meanwhile")
        if is_transient(status):
            return explain_overload(response)
        return BuilderError(
            f"{self.name}: {hub} answered {describe_status(status)}. Check the name, and the limits"
            " of your account."
        )


def read_name(text: str, hub: Hub) -> str:
    """`OWNER/NAME`, of a name or an address.

    Raises:
        BuilderError: if it is neither.
    """
    name = text.removeprefix(f"{hub.endpoint}/spaces/").removeprefix("spaces/").rstrip("/")
    try:
        parsed = HubName.parse(f"{PREFIX}{name}")
    except ModelError:
        parsed = None
    if parsed is None or parsed.revision is not None:
        raise BuilderError(f"{show(text)} is not the name of a Space. Write OWNER/NAME.")
    return parsed.repository
