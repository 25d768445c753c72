"""A server that speaks the protocol of the Hugging Face hub, and another one as its CDN.

Both misbehave as a test tells them to. Source of the protocol: huggingface_hub's own client.
"""

import hashlib
import json
import re
import socket
import urllib.parse
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from builder.publish.serve import running

TOKEN = "hf_aSecretThatNobodyMaySee"
LARGE_BYTES = 10_000
"""From this size on, files are in LFS and come from the CDN."""


@dataclass
class Repository:
    """Files by commit, and the commit of each branch and tag."""

    commits: dict[str, Mapping[str, bytes]] = field(default_factory=dict[str, Mapping[str, bytes]])
    revisions: dict[str, str] = field(default_factory=dict[str, str])
    private: bool = False
    gated: bool = False

    def commit(self, files: Mapping[str, bytes], branch: str = "main") -> str:
        """Put files on a branch; returns the commit."""
        about = repr((branch, len(self.commits), sorted(files.items())))
        sha = hashlib.sha1(about.encode()).hexdigest()
        self.commits[sha] = dict(files)
        self.revisions[branch] = sha
        return sha


@dataclass(frozen=True)
class Asked:
    """A request as a server got it."""

    server: str
    method: str
    path: str
    authorization: str | None
    range: str | None


@dataclass
class FakeHub:
    """What the two servers have, what goes wrong there, and what they were asked."""

    repositories: dict[str, Repository] = field(default_factory=dict[str, Repository])
    url: str = ""
    cdn: str = ""
    asked: list[Asked] = field(default_factory=list[Asked])
    statuses: list[int] = field(default_factory=list[int])
    """Errors with which the next requests to the API are answered."""
    retry_after: str | None = None
    cuts: list[int] = field(default_factory=list[int])
    """After how many bytes the next answers of the CDN end."""
    spoilt: bool = False
    """Whether the CDN sends wrong bytes."""
    echo: str = ""
    """What every error says: in its status line, its headers and its body."""
    info: bytes | None = None
    """What the API answers in place of what it should."""

    def add(self, name: str, files: Mapping[str, bytes]) -> Repository:
        """A repository with these files on its main branch."""
        repository = self.repositories[name] = Repository()
        repository.commit(files)
        return repository

    def paths(self, server: str) -> list[str]:
        """The paths that a server was asked for, without their queries."""
        return [asked.path.partition("?")[0] for asked in self.asked if asked.server == server]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: FakeHub
    server_name: str

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        authorization, span = self.headers["Authorization"], self.headers["Range"]
        self.state.asked.append(
            Asked(self.server_name, self.command, self.path, authorization, span)
        )
        self.answer(urllib.parse.unquote(self.path.partition("?")[0]))

    def answer(self, path: str) -> None:
        raise NotImplementedError

    def send(self, status: int, headers: Mapping[str, str], body: bytes, cut: int = -1) -> None:
        self.send_response(status, self.state.echo if self.state.echo and status > 399 else None)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(body if cut < 0 else body[:cut])
        if cut >= 0:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def send_error_code(self, status: int, code: str | None = None) -> None:
        headers = {"X-Error-Message": self.state.echo or "an error", "X-HF-Warning": "a; warning"}
        if code:
            headers["X-Error-Code"] = code
        if self.state.retry_after:
            headers["Retry-After"] = self.state.retry_after
        self.send(status, headers, json.dumps({"error": self.state.echo or "an error"}).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


class _HubHandler(_Handler):
    server_name = "hub"

    def answer(self, path: str) -> None:
        if self.state.statuses:
            return self.send_error_code(self.state.statuses.pop(0))
        for pattern, answer in (
            (r"/api/models/([^/]+/[^/]+)/revision/(.+)", self._info),
            (r"/api/resolve-cache/models/([^/]+/[^/]+)/(\w{40})/(.+)", self._cached),
            (r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", self._resolve),
        ):
            if found := re.fullmatch(pattern, path):
                return answer(*found.groups())
        return self.send_error_code(404)

    def _find(self, name: str, revision: str) -> str | None:
        """The commit, unless an error has been sent."""
        said = self.headers["Authorization"]
        repository = self.state.repositories.get(name)
        if said not in (None, f"Bearer {TOKEN}"):
            self.send_error_code(401)
        elif repository is None or (repository.private and said is None):
            # So that nobody learns which private repositories there are.
            self.send_error_code(404 if said else 401, "RepoNotFound")
        elif revision not in {**repository.commits, **repository.revisions}:
            self.send_error_code(404, "RevisionNotFound")
        else:
            return repository.revisions.get(revision, revision)
        return None

    def _info(self, name: str, revision: str) -> None:
        if (commit := self._find(name, revision)) is None:
            return
        files = self.state.repositories[name].commits[commit]
        siblings = [_describe(file, content) for file, content in files.items()]
        info = {"id": name, "sha": commit, "siblings": siblings, "tags": ["clip"]}
        self.send(200, {}, self.state.info or json.dumps(info).encode())

    def _resolve(self, name: str, revision: str, file: str) -> None:
        if (commit := self._find(name, revision)) is None:
            return
        repository = self.state.repositories[name]
        content = repository.commits[commit].get(file)
        headers = {"X-Repo-Commit": commit}
        if content is None:
            self.send_error_code(404, "EntryNotFound")
        elif repository.gated:
            self.send_error_code(403, "GatedRepo")
        elif len(content) < LARGE_BYTES:
            place = f"/api/resolve-cache/models/{name}/{commit}/{file}"
            self.send(307, {**headers, "Location": place}, b"")
        else:
            sha256 = hashlib.sha256(content).hexdigest()
            headers |= {"X-Linked-Size": str(len(content)), "X-Linked-Etag": f'"{sha256}"'}
            place = f"{self.state.cdn}/{name}/{commit}/{file}?signature={len(self.state.asked)}"
            self.send(302, {**headers, "Location": place}, b"")

    def _cached(self, name: str, commit: str, file: str) -> None:
        if self._find(name, commit):
            content = self.state.repositories[name].commits[commit][file]
            self.send(200, {"ETag": f'"{hashlib.sha1(content).hexdigest()}"'}, content)


class _CdnHandler(_Handler):
    server_name = "cdn"

    def answer(self, path: str) -> None:
        owner, name, commit, file = path.removeprefix("/").split("/", 3)
        content = self.state.repositories[f"{owner}/{name}"].commits[commit][file]
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        if self.state.spoilt:
            content = content[:-1] + b"?"
        cut = self.state.cuts.pop(0) if self.state.cuts else -1
        found = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        if found is None or self.headers["If-Range"] not in (None, etag):
            return self.send(200, {"ETag": etag}, content, cut)
        start, total = int(found[1]), len(content)
        headers = {"ETag": etag, "Content-Range": f"bytes {start}-{total - 1}/{total}"}
        return self.send(206, headers, content[start:], cut)


def _describe(name: str, content: bytes) -> Mapping[str, object]:
    git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    about: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": git}
    if len(content) >= LARGE_BYTES:
        sha256 = hashlib.sha256(content).hexdigest()
        about["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 130}
    return about


@contextmanager
def serving_hub() -> Generator[FakeHub]:
    """Both servers while the context lasts."""
    hub = FakeHub()

    class Hub(_HubHandler):
        state = hub

    class Cdn(_CdnHandler):
        state = hub

    servers = [ThreadingHTTPServer(("127.0.0.1", 0), kind) for kind in (Hub, Cdn)]
    with running(servers[0]) as port, running(servers[1]) as cdn_port:
        hub.url, hub.cdn = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{cdn_port}"
        yield hub
