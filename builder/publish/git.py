"""A git repository, read and committed to without its work tree, index, branches or HEAD."""

import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from builder.addresses import find_secrets, mask_secrets
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
_LOST_RACE = re.compile(
    r"fetch first|non-fast-forward|cannot lock ref|incorrect old value|failed to update ref"
    r"|reference already exists"
)
_CHUNK = 1 << 20


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
            with git's own words but without passwords, if git fails.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._secrets: set[str] = set()
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
            name = mask_secrets(remote)
            raise BuilderError(
                f"{self._folder}: has no remote {name!r}. Add one"
                " (`git remote add NAME ADDRESS`), or name another with --remote."
            )
        for kind in ((), ("--push",)):
            urls = self._run("remote", "get-url", "--all", *kind, "--", remote)
            self._secrets.update(*map(find_secrets, os.fsdecode(urls).splitlines()))
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
        commit = self._find_tip(remote, branch)
        if commit is None:
            return None
        quiet = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
        ref = f"refs/heads/{branch}"
        self._run("fetch", *quiet, "--no-auto-gc", "--refmap=", "--", remote, ref)
        return commit

    def _find_tip(self, remote: str, branch: str) -> str | None:
        ref = f"refs/heads/{branch}"
        listing = os.fsdecode(self._run("ls-remote", "--", remote, ref)).splitlines()
        return next((line.split("\t")[0] for line in listing if line.split("\t")[1] == ref), None)

    def read_files(self, commit: str) -> dict[str, Entry]:
        """The files of a commit by path."""
        files: dict[str, Entry] = {}
        for line in os.fsdecode(self._run("ls-tree", "-r", "-l", "-z", commit)).split("\0")[:-1]:
            described, path = line.split("\t", 1)
            mode, _, content, size = described.split()
            files[path] = Entry(mode, content, 0 if size == "-" else int(size))
        return files

    def read_file(self, entry: Entry) -> bytes:
        """The content of a file of a commit."""
        return self._run("cat-file", "blob", entry.id)

    def hash_files(self, entries: Iterable[Entry]) -> dict[str, str]:
        """The SHA-256 of files of commits, by their ids."""
        hashes: dict[str, str] = {}
        with _telling_what_git_lacks(), self._start("cat-file", "--batch") as process:
            assert process.stdin
            assert process.stdout
            for id in dict.fromkeys(entry.id for entry in entries):
                process.stdin.write(f"{id}\n".encode())
                process.stdin.flush()
                head = process.stdout.readline().split()
                if len(head) != 3:
                    raise BuilderError(f"{self._folder}: git lacks the object {id}.")
                left = int(head[2])
                sha256 = hashlib.sha256()
                while left and (data := process.stdout.read(min(left, _CHUNK))):
                    sha256.update(data)
                    left -= len(data)
                process.stdout.read(1)  # The end of the line.
                hashes[id] = sha256.hexdigest()
        return hashes

    def add_files(self, paths: Sequence[Path], *, write: bool) -> list[Entry]:
        """Files as entries of a commit, byte for byte; only `write` stores them."""
        words = ("hash-object", *(["-w"] if write else []), "--no-filters", "--stdin-paths")
        listing = b"".join(_quote(path.resolve()) for path in paths)
        ids = self._run(*words, stdin=listing).decode().split()
        sizes = [path.stat().st_size for path in paths]
        return [Entry("100644", *pair) for pair in zip(ids, sizes, strict=True)]

    def add_empty_file(self, *, write: bool) -> Entry:
        """An empty file as an entry of a commit."""
        words = ("hash-object", *(["-w"] if write else []), "--stdin")
        return Entry("100644", self._run(*words).decode().strip(), 0)

    def commit(self, files: Mapping[str, Entry], parent: str | None, message: str) -> str:
        """Make a commit of exactly these files; it is on no branch.

        It is signed if the user's settings ask for it (`commit.gpgsign`).
        """
        listing = "".join(f"{e.mode} {e.id}\t{path}\0" for path, e in files.items())
        with tempfile.TemporaryDirectory() as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
            # A split index would leave a file in the repository.
            whole = ("-c", "core.splitIndex=false")
            words = ("update-index", "-z", "--index-info")
            self._run(*whole, *words, stdin=os.fsencode(listing), variables=index)
            tree = self._run(*whole, "write-tree", variables=index).decode().strip()
        parents = ("-p", parent) if parent else ()
        self._require_tree(tree, files)
        signing = ("-S",) if self._signs_commits() else ()
        done = self._try("commit-tree", *signing, tree, *parents, "-m", message)
        if done.returncode and signing:
            raise BuilderError(
                f"{self._folder}: git could not sign the commit, which commit.gpgsign asks for:"
                f" {self._said(done)}. Make `git commit -S` work there, or turn it off with"
                " `git config commit.gpgsign false`."
            )
        return self._output(done).decode().strip()

    def _require_tree(self, tree: str, files: Mapping[str, Entry]) -> None:
        """Refuse a tree that is not what was meant: git silently leaves out what it cannot hold."""
        made = self.read_files(tree)
        wrong = [path for path in files.keys() | made.keys() if files.get(path) != made.get(path)]
        if wrong:
            raise BuilderError(
                f"{self._folder}: git cannot hold {min(wrong)!a} as it is. Rename it, on the"
                " branch if it is there."
            )

    def _signs_commits(self) -> bool:
        asked = self._try("config", "--type=bool", "--get", "commit.gpgsign")
        if asked.returncode == 1:  # Not set.
            return False
        return self._output(asked).strip() == b"true"

    def push(self, remote: str, commit: str, branch: str) -> None:
        """Make a commit the newest of a remote's branch, unless the branch has moved on."""
        words = ("push", "--porcelain", "--", remote, f"{commit}:refs/heads/{branch}")
        pushed = self._try(*words)
        if pushed.returncode == 0:
            return
        if _LOST_RACE.search(os.fsdecode(pushed.stdout + pushed.stderr)):
            raise BuilderError(
                f"{remote}/{branch} changed in the meantime, so nothing was pushed."
                " Run the command again; it will start from the current state."
            )
        # The connection may have broken after the remote had taken everything.
        if self._try("ls-remote", "--", remote).returncode or not self.holds(
            remote, branch, commit
        ):
            self._output(pushed)

    def holds(self, remote: str, branch: str, commit: str) -> bool:
        """Whether a remote's branch has a commit, as its newest or below others."""
        tip = self.fetch(remote, branch)
        if tip is None or tip == commit:
            return tip == commit
        return self._try("merge-base", "--is-ancestor", commit, tip).returncode == 0

    def _run(
        self, *words: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> bytes:
        return self._output(self._try(*words, stdin=stdin, variables=variables))

    def _output(self, done: subprocess.CompletedProcess[bytes]) -> bytes:
        if done.returncode:
            raise BuilderError(f"{self._folder}: git failed: {self._said(done)}")
        return done.stdout

    def _said(self, done: subprocess.CompletedProcess[bytes]) -> str:
        said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        return mask_secrets(said, self._secrets)

    def _try(
        self, *words: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        with _telling_what_git_lacks():
            return subprocess.run(
                self._command(words),
                input=stdin,
                capture_output=True,
                env=_environment(variables or {}),
            )

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        with _telling_what_git_lacks():
            return subprocess.Popen(
                self._command(words), stdin=pipe, stdout=pipe, env=_environment({})
            )

    def _command(self, words: Sequence[str]) -> list[str]:
        return ["git", "-C", str(self._folder), *words]


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if k not in _LOCAL_VARIABLES}
    # In English, since some of what git says is understood here.
    return {**inherited, "LC_ALL": "C", **variables}


@contextmanager
def _telling_what_git_lacks() -> Generator[None]:
    try:
        yield
    except FileNotFoundError:
        raise BuilderError("git is not installed. See https://git-scm.com/downloads.") from None
    except OSError as error:
        raise BuilderError(f"git cannot be run: {error.strerror}.") from None


def _quote(path: Path) -> bytes:
    """A line with a path, whose own line breaks must not end it."""
    escaped = b"".join(
        b"\\%03o" % byte if byte < 32 or byte in b'"\\' else bytes([byte])
        for byte in os.fsencode(path)
    )
    return b'"%s"\n' % escaped
