"""Whether a site on the web is the one that was built, and whether its host serves it well."""

import hashlib
import http.client
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import Message
from functools import partial
from http import HTTPStatus
from pathlib import PurePosixPath

from builder.errors import Problem, SiteError
from builder.manifest import FileRef, FunctionSiteManifest, SiteManifest
from builder.progress import Progress
from builder.site.bundle import referenced_files
from builder.site.folder import HOST_FILES, MANIFEST, parse_manifest

_PARALLEL = 6
_TIMEOUT_S = 30
_DAY_S = 86_400
_ABSENT = "no-such-file.bin"

# What browsers insist on: with another type, they do not run scripts, apply styles or stream wasm.
_TYPES: Mapping[str, tuple[str, ...]] = {
    ".css": ("text/css",),
    ".html": ("text/html",),
    ".js": ("text/javascript", "application/javascript"),
    ".mjs": ("text/javascript", "application/javascript"),
    ".wasm": ("application/wasm",),
}


@dataclass(frozen=True)
class Deployment:
    """What was found: problems, which break the site, or, if there are none, notes on comfort."""

    files: int
    bytes: int
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Message
    body: bytes


def check_deployment(url: str, progress: Progress) -> Deployment:
    """Download every file of the site whose folder or page is at `url`, and compare.

    Raises:
        SiteError: if the manifest cannot be fetched, so that there is nothing to compare with.
    """
    base = urllib.parse.urljoin(url if url.endswith((".html", "/")) else f"{url}/", ".")
    try:
        answer = _fetch(base + MANIFEST)
    except OSError as error:
        raise SiteError(
            f"{base}: cannot be reached ({_reason(error)}). Correct the address, or try again"
            " later."
        ) from None
    if answer.status != HTTPStatus.OK:
        raise SiteError(
            f"{base}{MANIFEST}: the server answered {answer.status}. Publish the site first, and"
            " give the address of its page."
        )
    site = parse_manifest(answer.body, base + MANIFEST)
    refs = {ref.url: ref for ref in referenced_files(site) if ref.url not in HOST_FILES}
    check = partial(_check_file, base, _list_addresses(base, site))
    problems: list[Problem] = []
    headers = {MANIFEST: answer.headers}
    with (
        ThreadPoolExecutor(_PARALLEL) as pool,
        progress.step(f"Check {base}", len(refs)) as advance,
    ):
        for ref, (received, found) in zip(
            refs.values(), pool.map(check, refs.values()), strict=True
        ):
            headers[ref.url] = received
            problems += found
            advance(1)
    size = sum(ref.bytes for ref in refs.values())
    if problems:
        return Deployment(len(refs), size, tuple(problems), ())
    notes = (*_caching_notes(headers), *_host_notes(base, list(refs.values()), headers))
    return Deployment(len(refs), size, (), notes)


def _list_addresses(base: str, site: SiteManifest | FunctionSiteManifest) -> dict[str, str]:
    """Where every file is, by its name in the manifest."""
    addresses = {ref.url: urllib.parse.urljoin(base, ref.url) for ref in referenced_files(site)}
    if isinstance(site, SiteManifest) and site.base_url:
        data = [ref for part in (*site.models, *site.images) for ref in referenced_files(part)]
        addresses |= {ref.url: urllib.parse.urljoin(site.base_url, ref.url) for ref in data}
    return addresses


def _check_file(
    base: str, addresses: Mapping[str, str], ref: FileRef
) -> tuple[Message, list[Problem]]:
    address = addresses[ref.url]
    try:
        answer = _fetch(address)
    except OSError as error:
        return Message(), [Problem(ref.url, f"cannot be fetched ({_reason(error)})", "Try again.")]
    problems = list(_find_problems(ref, answer))
    is_elsewhere = urllib.parse.urlsplit(address)[:2] != urllib.parse.urlsplit(base)[:2]
    if is_elsewhere and "Access-Control-Allow-Origin" not in answer.headers:
        remedy = "Make its host send Access-Control-Allow-Origin."
        problems.append(Problem(address, "cannot be used by a page on another host", remedy))
    return answer.headers, problems


def _find_problems(ref: FileRef, answer: _Answer) -> Iterator[Problem]:
    if answer.status != HTTPStatus.OK:
        yield Problem(
            ref.url, f"the server answered {answer.status}", "Upload the whole folder again."
        )
        return
    if len(answer.body) != ref.bytes:
        yield Problem(
            ref.url, f"has {len(answer.body):,} bytes, not {ref.bytes:,}", "Upload it again."
        )
    elif hashlib.sha256(answer.body).hexdigest() != ref.sha256:
        yield Problem(
            ref.url,
            "differs from the file that was built",
            "Upload it again. If it still differs, the host changes files: turn that off.",
        )
    wanted = _TYPES.get(PurePosixPath(ref.url).suffix)
    given = answer.headers.get_content_type() if "Content-Type" in answer.headers else "no type"
    if wanted and given not in wanted:
        yield Problem(
            ref.url, f"is served as {given}, not {wanted[0]}", "Set the type on the host."
        )


def _caching_notes(headers: Mapping[str, Message]) -> Iterator[str]:
    """Files with a hash in their name never change; the manifest changes with every build."""
    named_by_content = [url for url in headers if re.search(r"-[\w-]{8,}\.\w+$", url)]
    short = [url for url in named_by_content if _max_age(headers[url]) < _DAY_S]
    if short:
        yield (
            f"{len(short)} of the files that never change, such as {short[0]}, are cached for less"
            " than a day. 'Cache-Control: max-age=31536000, immutable' saves returning visitors"
            " the download."
        )
    if _max_age(headers[MANIFEST]) > _DAY_S:
        yield (
            f"{MANIFEST} may be cached for more than a day, so visitors would see the old site"
            " after the next build. Serve it with 'Cache-Control: no-cache'."
        )


def _host_notes(base: str, refs: list[FileRef], headers: Mapping[str, Message]) -> Iterator[str]:
    data = [ref for ref in refs if not ref.url.endswith(".html")]
    closed = [ref.url for ref in data if headers[ref.url]["Access-Control-Allow-Origin"] != "*"]
    if closed:
        yield (
            f"{len(closed)} of the files, such as {closed[0]}, are only for pages on this host:"
            " lit.js on other hosts cannot use this site."
            " 'Access-Control-Allow-Origin: *' allows it."
        )
    largest = max(refs, key=lambda ref: ref.bytes)
    part = _fetch(urllib.parse.urljoin(base, largest.url), {"Range": "bytes=0-0"})
    if part.status != HTTPStatus.PARTIAL_CONTENT:
        yield "The host ignores range requests, so interrupted downloads start over."
    if _fetch(base + _ABSENT).status == HTTPStatus.OK:
        yield "The host answers 200 for files that do not exist, which hides missing files."


def _max_age(headers: Message) -> int:
    """Seconds for which a file may be kept without asking again."""
    directives = headers.get("Cache-Control", "")
    found = re.search(r"max-age=(\d+)", directives)
    return int(found[1]) if found and "no-cache" not in directives else 0


def _fetch(url: str, headers: Mapping[str, str] | None = None) -> _Answer:
    """One answer, whatever its status.

    Raises:
        OSError: if there is no answer.
    """
    sent = {"Accept-Encoding": "identity", "User-Agent": "lit-demo-builder", **(headers or {})}
    request = urllib.request.Request(url, headers=sent)
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:
            return _Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return _Answer(error.code, error.headers, b"")
    except http.client.HTTPException as error:
        raise ConnectionError(str(error) or type(error).__name__) from None


def _reason(error: OSError) -> str:
    return str(getattr(error, "reason", error)) or type(error).__name__
