from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from rich.console import Console

from builder.cli import main
from builder.errors import SiteError
from builder.progress import Progress
from builder.publish.client import Answer as FetchedAnswer
from builder.publish.client import Client
from builder.publish.deployed import Deployment, check_deployment
from builder.publish.serve import running
from builder.site.bundle import to_json
from builder.site.files import refer
from builder.site.folder import write_site
from tests.site.sites import FILES, small_manifest


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


Host = Callable[[str, Mapping[str, str]], Answer]
"""What a server answers for a path and the headers of a request."""

MISSING = Answer(404, {}, b"There is no such file.")
OPEN = {"Access-Control-Allow-Origin": "*"}
TYPES = {".html": "text/html", ".js": "text/javascript"}
HASHED = "assets/a-0123456789.js"


@pytest.fixture
def good_host(tmp_path: Path) -> Host:
    """As good as a host can be."""
    small = small_manifest()
    manifest = small.model_copy(update={"files": (*small.files, refer(HASHED, b"hashed"))})
    files = {**FILES, HASHED: b"hashed", "manifest.json": to_json(manifest)}
    write_site(files, tmp_path / "site")

    def answer(path: str, headers: Mapping[str, str]) -> Answer:
        file = tmp_path / "site" / path.removeprefix("/demo/")
        if not file.is_file():
            return MISSING
        sent = {**OPEN, "Content-Type": TYPES.get(file.suffix, "application/octet-stream")}
        sent["Cache-Control"] = "max-age=31536000" if file.name in HASHED else "no-cache"
        status = 206 if "Range" in headers else 200
        return Answer(status, sent, file.read_bytes())

    return answer


@contextmanager
def serve(host: Host) -> Generator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = host(self.path, dict(self.headers))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"http://127.0.0.1:{port}/demo/"


def check_at(url: str) -> Deployment:
    return check_deployment(url, Progress(Console(quiet=True)))


def check(host: Host) -> Deployment:
    with serve(host) as url:
        return check_at(url)


def changed(host: Host, name: str, **changes: Any) -> Host:
    """The host, but for one file."""

    def answer(path: str, headers: Mapping[str, str]) -> Answer:
        found = host(path, headers)
        return found._replace(**changes) if path.endswith(name) else found

    return answer


def test_a_whole_site_on_a_good_host_is_fine(good_host: Host):
    found = check(good_host)
    assert found.problems == ()
    assert found.notes == ()
    assert found.files == len(FILES) + 1
    assert found.bytes == sum(len(data) for data in FILES.values()) + len(b"hashed")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"status": 404}, "the server answered 404"),
        ({"body": b"index.htm"}, "has 9 bytes, not 10"),
        ({"body": b"INDEX.HTML"}, "differs from the file that was built"),
        ({"headers": {"Content-Type": "text/plain"}}, "is served as text/plain, not text/html"),
        ({"headers": {"Content-Length": "999"}}, "cannot be fetched"),
    ],
    ids=["missing", "short", "altered", "of another type", "cut off"],
)
def test_a_file_that_is_not_what_was_built_is_named(
    good_host: Host, changes: dict[str, Any], message: str
):
    problems = check(changed(good_host, "index.html", **changes)).problems
    assert [problem.where for problem in problems] == ["index.html"]
    assert message in problems[0].message
    assert problems[0].remedy


def with_data_at(host: Host, base_url: str) -> Host:
    """The host without models and images, which its manifest says are elsewhere."""
    manifest = small_manifest().model_copy(update={"base_url": base_url})
    moved = changed(host, "manifest.json", body=to_json(manifest))

    def answer(path: str, headers: Mapping[str, str]) -> Answer:
        here = ("manifest.json", *(file.url for file in manifest.files), ".bin")
        return moved(path, headers) if path.endswith(here) else MISSING

    return answer


def test_models_and_images_are_looked_for_where_the_manifest_says(good_host: Host):
    with serve(good_host) as data, serve(with_data_at(good_host, data)) as url:
        found = check_at(url)
    assert found.problems == ()
    assert found.files == len(FILES)


def test_another_host_must_let_the_page_use_its_data(good_host: Host):
    closed = changed(good_host, "z.bin", headers={})
    with serve(closed) as data, serve(with_data_at(good_host, data)) as url:
        (problem,) = check_at(url).problems
    assert problem.where == f"{data}z.bin"
    assert "Access-Control-Allow-Origin" in problem.remedy


@pytest.mark.parametrize(
    ("name", "headers", "note"),
    [
        ("z.bin", {}, "1 of the files, such as z.bin, are only for pages on this host"),
        (
            HASHED,
            {**OPEN, "Content-Type": "text/javascript"},
            "saves returning visitors the download",
        ),
        (
            "manifest.json",
            {**OPEN, "Cache-Control": "max-age=1000000"},
            "visitors would see the old site",
        ),
    ],
    ids=["closed to other pages", "fetched anew", "kept too long"],
)
def test_headers_that_could_be_better_are_noted(
    good_host: Host, name: str, headers: dict[str, str], note: str
):
    found = check(changed(good_host, name, headers=headers))
    assert found.problems == ()
    (text,) = found.notes
    assert note in text


def test_a_host_without_ranges_and_with_an_answer_to_everything_is_noted(good_host: Host):
    def answer(path: str, headers: Mapping[str, str]) -> Answer:
        found = good_host(path, {})
        return Answer(200, {}, b"Welcome!") if found == MISSING else found

    ranges, absent = check(answer).notes
    assert "ignores range requests" in ranges
    assert "answers 200 for files that do not exist" in absent


def test_the_command_takes_the_address_of_the_page(good_host: Host):
    with serve(good_host) as url:
        result = CliRunner().invoke(main, ["check", f"{url}index.html"])
    assert result.exit_code == 0, result.output
    assert f"all {len(FILES) + 1} files are as built" in result.output


def test_the_command_repeats_no_token(good_host: Host):
    with serve(good_host) as url:
        result = CliRunner().invoke(main, ["check", f"{url}index.html?access_token=s3cr3t"])
    assert result.exit_code == 0, result.output
    assert "s3cr3t" not in result.output


def test_the_command_fails_where_a_file_is_missing(good_host: Host):
    with serve(changed(good_host, "index.html", status=404)) as url:
        result = CliRunner().invoke(main, ["check", url])
    assert result.exit_code == 2
    assert "index.html: the server answered 404" in result.output


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (MISSING, r"manifest\.json: the server answered 404"),
        (Answer(200, {}, b"<"), "Build the site"),
    ],
)
def test_an_address_without_a_site_is_refused(answer: Answer, message: str):
    with serve(lambda path, headers: answer) as url, pytest.raises(SiteError, match=message):
        check_at(url)


def test_an_address_without_a_server_is_refused():
    with serve(lambda path, headers: MISSING) as url:
        pass
    with pytest.raises(SiteError, match="cannot be reached"):
        check_at(url)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/", "http://192.168.1.2/", "http://localhost.example.org/", "ftp://a/",
        "file:///etc/passwd", "https://*/", "https:///x", "https://[::1", "https://a b/",
        "https://ann:s3cr3t@example.org/", "data://text/x", "https://a:99999/", "javascript://a",
    ],
)  # fmt: skip
def test_only_encrypted_addresses_are_fetched(address: str):
    with pytest.raises(SiteError, match=r"Correct the address") as caught:
        check_at(address)
    assert "s3cr3t" not in str(caught.value)
    result = CliRunner().invoke(main, ["check", address])
    assert result.exit_code == 2
    assert "Correct the address" in result.output


def test_a_page_on_another_host_is_to_be_checked_there(good_host: Host):
    with serve(good_host) as there:
        moved = Answer(301, {"Location": f"{there}manifest.json"}, b"")
        with serve(lambda path, headers: moved) as url, pytest.raises(SiteError) as caught:
            check_at(url)
    assert f"it redirects to '{there}manifest.json', which is on another host" in str(caught.value)


def test_a_file_that_is_moved_to_another_host_is_a_problem(good_host: Host):
    with serve(good_host) as there:
        moved = changed(good_host, "a.js", status=302, headers={"Location": f"{there}a.js"})
        (problem,) = check(moved).problems
    assert problem.where == "a.js"
    assert "is on another host" in problem.message


def test_the_manifest_s_own_hash_is_verified(good_host: Host):
    manifest = good_host("/demo/manifest.json", {}).body
    altered = manifest.replace(b"A title", b"B title")
    with pytest.raises(SiteError, match="differs from the manifest that was built"):
        check(changed(good_host, "manifest.json", body=altered))


def test_no_more_is_read_of_a_file_than_was_built(good_host: Host):
    (problem,) = check(changed(good_host, "z.bin", body=b"z" * 3_000_000)).problems
    assert problem.message == "has more bytes, not 5"


def test_an_endless_manifest_is_refused(good_host: Host, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("builder.publish.deployed._LARGEST_MANIFEST", 100)
    with pytest.raises(SiteError, match="is too large to be a manifest"):
        check(good_host)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://example.org/", "https://*/", "//x/", "https://a", "../"]
)
def test_a_manifest_says_only_addresses_that_may_be_fetched(good_host: Host, url: str):
    with pytest.raises(SiteError, match=r"manifest\.json: baseUrl: "):
        check(with_data_at(good_host, url))


def test_a_site_elsewhere_does_not_lead_to_this_machine(monkeypatch: pytest.MonkeyPatch):
    manifest = small_manifest().model_copy(update={"base_url": "http://127.0.0.1:8000/"})
    asked: list[str] = []

    def fetch(self: Client, url: str, most: int, *, keep_body: bool) -> FetchedAnswer:
        asked.append(url)
        return FetchedAnswer(200, Message(), 0, "", to_json(manifest))

    monkeypatch.setattr(Client, "fetch", fetch)
    with pytest.raises(SiteError, match="on the machine of whoever looks at it"):
        check_at("https://example.org/demo")
    assert asked == ["https://example.org/demo/manifest.json"]


def test_names_that_are_not_ascii_are_asked_for_as_browsers_do(good_host: Host):
    url = "assets/größer 1-0123456789.js"
    manifest = small_manifest().model_copy(update={"files": (refer(url, b"x"),)})
    asked: list[str] = []

    def answer(path: str, headers: Mapping[str, str]) -> Answer:
        asked.append(path)
        if path.endswith("manifest.json"):
            return Answer(200, OPEN, to_json(manifest))
        if path.endswith("-0123456789.js"):
            return Answer(200, {**OPEN, "Content-Type": "text/javascript"}, b"x")
        return good_host(path, headers)

    assert check(answer).problems == ()
    assert "/demo/assets/gr%C3%B6%C3%9Fer%201-0123456789.js" in asked
