"""A git repository, read and committed to without its work tree, index, branches or HEAD."""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuilderError

# Set by git for its hooks; they would point our commands at another repository or index.
_LOCAL_VARIABLES = frozenset(
    (
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    )
)
_LOST_RACE = re.compile(r"fetch first|non-fast-forward|cannot lock ref|incorrect old value")


@dataclass(frozen=True)
class Entry:
    """A file of a commit: git's mode, the id of its content and its size in bytes."""

    mode: str
    id: str
    bytes: int


class Repository:
    """The git repository of a folder.

    Raises:
        BuilderError: if git is missing or the folder is not in a repository; from every method,
            with git's own words, if git fails.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        if not folder.is_dir():
            raise BuilderError(
                f"{folder}: there is no such folder. Name the repository with --repo."
            )
        found = self._try("rev-parse", "--git-dir")
        if b"not a git repository" in found.stderr:
            raise BuilderError(
                f"{folder}: is not in a git repository. Name one with --repo, or run `git init`."
            )
        self._output(found)

    def remote_url(self, remote: str) -> str:
        """The address of a remote."""
        found = self._try("remote", "get-url", "--", remote)
        if found.returncode:
            raise BuilderError(
                f"{self._folder}: has no remote {remote!r}."
                f" Add it (`git remote add {remote} ADDRESS`), or name another with --remote."
            )
        return os.fsdecode(found.stdout).strip()

    def require_branch_name(self, branch: str) -> None:
        """Refuse what git does not accept as the name of a branch."""
        if self._try("check-ref-format", "--branch", branch).returncode:
            raise BuilderError(f"{branch!r}: is not a valid name for a branch.")

    def require_identity(self) -> None:
        """Refuse to go on where git would not know whose commit it is."""
        for variable in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            if self._try("var", variable).returncode:
                raise BuilderError(
                    "git does not know who you are. Tell it: `git config --global user.name NAME`"
                    " and `git config --global user.email ADDRESS`."
                )

    def fetch(self, remote: str, branch: str) -> str | None:
        """Fetch a remote's branch; returns its commit, or None if there is no such branch.

        No reference of this repository changes.
        """
        ref = f"refs/heads/{branch}"
        listing = os.fsdecode(self._run("ls-remote", "--", remote, ref)).splitlines()
        commits = [line.split("\t")[0] for line in listing if line.split("\t")[1] == ref]
        if not commits:
            return None
        quiet = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
        self._run("fetch", *quiet, "--refmap=", "--", remote, ref)
        return commits[0]

    def read_files(self, commit: str) -> dict[str, Entry]:
        """The files of a commit by path."""
        files: dict[str, Entry] = {}
        for line in os.fsdecode(self._run("ls-tree", "-r", "-l", "-z", commit)).split("\0")[:-1]:
            described, path = line.split("\t", 1)
            mode, _, content, size = described.split()
            files[path] = Entry(mode, content, 0 if size == "-" else int(size))
        return files

    def add_files(self, paths: Sequence[Path], *, write: bool) -> list[Entry]:
        """Files as entries of a commit, byte for byte; only `write` stores them."""
        words = ("hash-object", *(["-w"] if write else []), "--no-filters", "--stdin-paths")
        listing = "".join(f"{path.resolve()}\n" for path in paths)
        ids = self._run(*words, stdin=os.fsencode(listing)).decode().split()
        sizes = [path.stat().st_size for path in paths]
        return [Entry("100644", *pair) for pair in zip(ids, sizes, strict=True)]

    def add_empty_file(self, *, write: bool) -> Entry:
        """An empty file as an entry of a commit."""
        words = ("hash-object", *(["-w"] if write else []), "--stdin")
        return Entry("100644", self._run(*words).decode().strip(), 0)

    def commit(self, files: Mapping[str, Entry], parent: str | None, message: str) -> str:
        """Make a commit of exactly these files; it is on no branch."""
        listing = "".join(f"{e.mode} {e.id}\t{path}\0" for path, e in files.items())
        with tempfile.TemporaryDirectory() as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
            # A split index would leave a file in the repository.
            whole = ("-c", "core.splitIndex=false")
            words = ("update-index", "-z", "--index-info")
            self._run(*whole, *words, stdin=os.fsencode(listing), variables=index)
            tree = self._run(*whole, "write-tree", variables=index).decode().strip()
        parents = ("-p", parent) if parent else ()
        return self._run("commit-tree", tree, *parents, "-m", message).decode().strip()

    def push(self, remote: str, commit: str, branch: str) -> None:
        """Make a commit the newest of a remote's branch, unless the branch has moved on."""
        words = ("push", "--porcelain", "--", remote, f"{commit}:refs/heads/{branch}")
        pushed = self._try(*words)
        if pushed.returncode and _LOST_RACE.search(os.fsdecode(pushed.stdout + pushed.stderr)):
            raise BuilderError(
                f"{remote}/{branch} changed in the meantime, so nothing was pushed."
                " Run the command again; it will start from the current state."
            )
        self._output(pushed)

    def _run(
        self, *words: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> bytes:
        return self._output(self._try(*words, stdin=stdin, variables=variables))

    def _output(self, done: subprocess.CompletedProcess[bytes]) -> bytes:
        if done.returncode:
            said = os.fsdecode(done.stderr).strip() or f"exit code {done.returncode}"
            raise BuilderError(f"{self._folder}: git failed: {said}")
        return done.stdout

    def _try(
        self, *words: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        inherited = {k: v for k, v in os.environ.items() if k not in _LOCAL_VARIABLES}
        try:
            return subprocess.run(
                ["git", "-C", str(self._folder), *words],
                input=stdin,
                capture_output=True,
                # In English, since some of what git says is understood here.
                env={**inherited, "LC_ALL": "C", **(variables or {})},
            )
        except FileNotFoundError:
            raise BuilderError("git is not installed. See https://git-scm.com/downloads.") from None
