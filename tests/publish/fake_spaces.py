"""A server that speaks the protocol of the Hugging Face hub, as far as Spaces are written to.

It misbehaves as a test tells it to. Source of the protocol: huggingface_hub's own client.
"""

import base64
import hashlib
import json
import re
import socket
import urllib.parse
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from builder.publish.serve import running

TOKEN = "hf_aSecretThatNobodyMaySee"
OWNER = "me"
"""The only account that the token may write to."""
TEMPLATE: Mapping[str, bytes] = {
    ".gitattributes": b"*.bin filter=lfs",
    "README.md": b"---\nsdk: static\n---\n",
    "index.html": b"Welcome to your static Space!",
    "style.css": b"body {}",
}
"""What the hub puts into a Space that it creates."""
_LARGE = (".bin", ".wasm")


@dataclass
class Commit:
    """The files of a Space after a commit."""

    files: Mapping[str, bytes]
    message: str

    @property
    def id(self) -> str:
        """Forty hexadecimal digits."""
        return hashlib.sha1(repr((sorted(self.files.items()), self.message)).encode()).hexdigest()


@dataclass
class FakeSpaces:
    """What the server has and was asked, and what goes wrong there."""

    url: str = ""
    spaces: dict[str, list[Commit]] = field(default_factory=dict[str, list[Commit]])
    uploaded: dict[str, bytes] = field(default_factory=dict[str, bytes])
    asked: list[str] = field(default_factory=list[str])
    """Methods and paths of all requests."""
    faults: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    """Errors with which the next requests are answered whose path holds a word; 0 cuts the
    connection, and -1 does so after all has been done."""
    meanwhile: Mapping[str, bytes] | None = None
    """What somebody else commits before the next commit."""

    def add(self, name: str, files: Mapping[str, bytes]) -> None:
        """Commit these files to a Space, on top of what the hub puts there."""
        self.spaces[name] = [Commit(TEMPLATE, "initial commit"), Commit(files, "mine")]

    def files(self, name: str) -> dict[str, bytes]:
        """What is in a Space now."""
        return dict(self.spaces[name][-1].files)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: FakeSpaces

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_PUT(self) -> None:
        self.answer()

    def answer(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        path = urllib.parse.unquote(self.path.partition("?")[0])
        self.state.asked.append(f"{self.command} {path}")
        fault = next((f for word, f in self.state.faults.items() if word in path and f), [None])
        status = fault.pop(0) if fault[0] is not None else None
        if status == 0:
            return self.cut()
        if status is not None and status > 0:
            return self.send(status, {"error": f"echo {self.headers['Authorization']}"})
        if status == -1:
            self.wfile = open("/dev/null", "wb")  # noqa: SIM115, PTH123
        if "/lfs/" in path and self.command == "PUT":
            self.put(path.rpartition("/")[2])
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.send(401, {"error": "Invalid credentials in Authorization header"})
        else:
            self.route(path)
        return self.cut() if status == -1 else None

    def route(self, path: str) -> None:
        for pattern, answer in (
            (r"/api/repos/create", self.create),
            (r"/api/validate-yaml", self.validate),
            (r"/api/spaces/([^/]+/[^/]+)(?:/revision/main)?", self.info),
            (r"/api/spaces/([^/]+/[^/]+)/commits/main", self.list_commits),
            (r"/api/spaces/([^/]+/[^/]+)/preupload/main", self.preupload),
            (r"/api/spaces/([^/]+/[^/]+)/commit/main", self.commit),
            (r"/spaces/([^/]+/[^/]+)\.git/info/lfs/objects/batch", self.batch),
            (r"/spaces/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", self.resolve),
        ):
            if found := re.fullmatch(pattern, path):
                return answer(*found.groups())
        return self.send(404, {})

    def create(self) -> None:
        asked = json.loads(self.body)
        owner = asked["organization"] or OWNER
        name = f"{owner}/{asked['name']}"
        if owner != OWNER:
            return self.send(403, {"error": "no"})
        if name in self.state.spaces:
            return self.send(409, {"error": "there"})
        assert (asked["type"], asked["sdk"]) == ("space", "static")
        self.state.spaces[name] = [Commit(TEMPLATE, "initial commit")]
        return self.send(200, {"url": f"{self.state.url}/spaces/{name}"})

    def validate(self) -> None:
        text = json.loads(self.body)["content"]
        if 'sdk: "static"' not in text:
            return self.send(400, {"errors": [{"message": "no sdk"}], "warnings": []})
        return self.send(200, {"errors": [], "warnings": [{"message": "be nice"}]})

    def info(self, name: str) -> None:
        if name not in self.state.spaces:
            return self.send(404, {}, {"X-Error-Code": "RepoNotFound"})
        last = self.state.spaces[name][-1]
        siblings = [{"rfilename": file} for file in last.files]
        host = f"https://{name.replace('/', '-')}.static.hf.space"
        return self.send(
            200, {"id": name, "sha": last.id, "siblings": siblings, "host": host, "sdk": "static"}
        )

    def list_commits(self, name: str) -> None:
        self.send(
            200,
            [
                {
                    "id": commit.id,
                    "authors": [{"user": OWNER}],
                    "date": "2026-01-01T00:00:00.000Z",
                    "title": commit.message,
                    "message": "",
                }
                for commit in reversed(self.state.spaces[name])
            ],
        )

    def preupload(self, name: str) -> None:
        there = self.state.files(name)
        files: list[Any] = []
        for file in json.loads(self.body)["files"]:
            path = file["path"]
            mode = "lfs" if path.endswith(_LARGE) else "regular"
            oid = _oid(there[path], mode) if path in there else None
            files.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
        self.send(200, {"files": files})

    def batch(self, name: str) -> None:
        objects: list[Any] = []
        for wanted in json.loads(self.body)["objects"]:
            entry: dict[str, Any] = {"oid": wanted["oid"], "size": wanted["size"]}
            if wanted["oid"] not in self.state.uploaded:
                entry["actions"] = {"upload": {"href": f"{self.state.url}/lfs/{wanted['oid']}"}}
            objects.append(entry)
        self.send(200, {"transfer": "basic", "objects": objects})

    def put(self, oid: str) -> None:
        assert hashlib.sha256(self.body).hexdigest() == oid
        assert "Authorization" not in self.headers
        self.state.uploaded[oid] = self.body
        self.send(200, {})

    def commit(self, name: str) -> None:
        header, *operations = [json.loads(line) for line in self.body.splitlines()]
        commits = self.state.spaces[name]
        if self.state.meanwhile is not None:
            commits.append(Commit({**commits[-1].files, **self.state.meanwhile}, "meanwhile"))
            self.state.meanwhile = None
        if header["value"]["parentCommit"] != commits[-1].id:
            return self.send(412, {"error": "A commit has happened since."})
        files = dict(commits[-1].files)
        for operation in operations:
            value = operation["value"]
            match operation["key"]:
                case "file":
                    files[value["path"]] = base64.b64decode(value["content"])
                case "lfsFile":
                    files[value["path"]] = self.state.uploaded[value["oid"]]
                case _:
                    del files[value["path"]]
        commits.append(Commit(files, header["value"]["summary"]))
        url = f"{self.state.url}/spaces/{name}/commit/{commits[-1].id}"
        return self.send(200, {"commitUrl": url, "commitOid": commits[-1].id})

    def resolve(self, name: str, commit: str, file: str) -> None:
        found = next(one for one in self.state.spaces[name] if one.id == commit)
        self.send(200, found.files[file])

    def send(self, status: int, content: Any, headers: Mapping[str, str] | None = None) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _oid(content: bytes, mode: str) -> str:
    if mode == "lfs":
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@contextmanager
def serving_spaces() -> Generator[FakeSpaces]:
    """The server while the context lasts."""
    spaces = FakeSpaces()

    class Handler(_Handler):
        state = spaces

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with running(server) as port:
        spaces.url = f"http://127.0.0.1:{port}"
        yield spaces
