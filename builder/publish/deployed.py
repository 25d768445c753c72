"""Whether a site on the web is the one that was built, and whether its host serves it well."""

import re
import urllib.parse
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import Message
from functools import partial
from http import HTTPStatus
from pathlib import PurePosixPath

from builder.addresses import (
    find_address_flaw,
    find_transport_flaw,
    is_loopback,
    mask_secrets,
    origin_of,
    to_ascii,
)
from builder.errors import Problem, SiteError
from builder.manifest import FileRef, FunctionSiteManifest, SiteManifest
from builder.progress import Progress
from builder.publish.client import Answer, Client, explain
from builder.site.bundle import referenced_files
from builder.site.folder import HOST_FILES, MANIFEST, parse_manifest

_PARALLEL = 6
_LARGEST_MANIFEST = 100_000_000
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


def check_deployment(url: str, progress: Progress) -> Deployment:
    """Download every file of the site whose folder or page is at `url`, and compare.

    Everything is fetched from the origin of `url`, but for data that the manifest says is on
    another one, and over HTTPS, but for this machine. No more is read than the manifest states.

    Raises:
        SiteError: if the manifest cannot be fetched, so that there is nothing to compare with, or
            if `url` or the manifest names what must not be fetched.
    """
    base = _find_base(url)
    site, received = _fetch_manifest(base)
    addresses = _list_addresses(base, site)
    client = Client({origin_of(address) for address in addresses.values()})
    refs = {ref.url: ref for ref in referenced_files(site) if ref.url not in HOST_FILES}
    check = partial(_check_file, client, base, addresses)
    problems: list[Problem] = []
    headers = {MANIFEST: received}
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
    host_notes = _host_notes(client, base, addresses, list(refs.values()), headers)
    return Deployment(len(refs), size, (), (*_caching_notes(headers), *host_notes))


def _find_base(url: str) -> str:
    """The address of the folder that a site's page is in."""
    if flaw := find_address_flaw(url) or find_transport_flaw(url):
        raise SiteError(f"{mask_secrets(url)}: {flaw}. Correct the address.")
    plain = to_ascii(url)
    is_whole = urllib.parse.urlsplit(plain).path.endswith((".html", "/"))
    return (plain if is_whole else f"{plain}/").rpartition("/")[0] + "/"


def _fetch_manifest(base: str) -> tuple[SiteManifest | FunctionSiteManifest, Message]:
    try:
        answer = Client({origin_of(base)}).fetch(base + MANIFEST, _LARGEST_MANIFEST, keep_body=True)
    except OSError as error:
        raise SiteError(
            f"{base}: cannot be reached ({explain(error)}). Correct the address, or try again"
            " later."
        ) from None
    if answer.status != HTTPStatus.OK:
        raise SiteError(
            f"{base}{MANIFEST}: the server answered {answer.status}. Publish the site first, and"
            " give the address of its page."
        )
    if answer.size > _LARGEST_MANIFEST:
        raise SiteError(f"{base}{MANIFEST}: is too large to be a manifest. Correct the address.")
    return parse_manifest(answer.body, base + MANIFEST), answer.headers


def _list_addresses(base: str, site: SiteManifest | FunctionSiteManifest) -> dict[str, str]:
    """Where every file is, by its name in the manifest."""
    addresses = {ref.url: _join(base, ref.url) for ref in referenced_files(site)}
    if isinstance(site, SiteManifest) and site.base_url:
        host, here = (urllib.parse.urlsplit(a).hostname or "" for a in (site.base_url, base))
        if is_loopback(host) and not is_loopback(here):
            raise SiteError(
                f"{base}{MANIFEST}: says that its data is at {site.base_url}, on the machine of"
                " whoever looks at it. Correct base_url, and build the site again."
            )
        data = [ref for part in (*site.models, *site.images) for ref in referenced_files(part)]
        addresses |= {ref.url: _join(site.base_url, ref.url) for ref in data}
    return addresses


def _join(folder: str, url: str) -> str:
    return folder + urllib.parse.quote(url)


def _check_file(
    client: Client, base: str, addresses: Mapping[str, str], ref: FileRef
) -> tuple[Message, list[Problem]]:
    address = addresses[ref.url]
    try:
        answer = client.fetch(address, ref.bytes)
    except OSError as error:
        return Message(), [Problem(ref.url, f"cannot be fetched ({explain(error)})", "Try again.")]
    problems = list(_find_problems(ref, answer))
    is_elsewhere = origin_of(address) != origin_of(base)
    if is_elsewhere and "Access-Control-Allow-Origin" not in answer.headers:
        remedy = "Make its host send Access-Control-Allow-Origin."
        problems.append(Problem(address, "cannot be used by a page on another host", remedy))
    return answer.headers, problems


def _find_problems(ref: FileRef, answer: Answer) -> Iterator[Problem]:
    if answer.status != HTTPStatus.OK:
        yield Problem(
            ref.url, f"the server answered {answer.status}", "Upload the whole folder again."
        )
        return
    if answer.size != ref.bytes:
        size = "more" if answer.size > ref.bytes else f"{answer.size:,}"
        yield Problem(ref.url, f"has {size} bytes, not {ref.bytes:,}", "Upload it again.")
    elif answer.sha256 != ref.sha256:
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


def _host_notes(
    client: Client,
    base: str,
    addresses: Mapping[str, str],
    refs: list[FileRef],
    headers: Mapping[str, Message],
) -> Iterator[str]:
    data = [ref for ref in refs if not ref.url.endswith(".html")]
    closed = [ref.url for ref in data if headers[ref.url]["Access-Control-Allow-Origin"] != "*"]
    if closed:
        yield (
            f"{len(closed)} of the files, such as {closed[0]}, are only for pages on this host:"
            " embed.js and lit.js on other hosts cannot use this site."
            " 'Access-Control-Allow-Origin: *' allows it."
        )
    largest = max(refs, key=lambda ref: ref.bytes)
    if _try_status(client, addresses[largest.url], {"Range": "bytes=0-0"}) not in (
        HTTPStatus.PARTIAL_CONTENT,
        None,
    ):
        yield "The host ignores range requests, so interrupted downloads start over."
    if _try_status(client, base + _ABSENT) == HTTPStatus.OK:
        yield "The host answers 200 for files that do not exist, which hides missing files."


def _try_status(client: Client, url: str, headers: Mapping[str, str] | None = None) -> int | None:
    """What a server answers; None if it does not, which is no reason to call the site broken."""
    try:
        return client.fetch(url, 0, headers).status
    except OSError:
        return None


def _max_age(headers: Message) -> int:
    """Seconds for which a file may be kept without asking again."""
    directives = headers.get("Cache-Control", "")
    found = re.search(r"max-age=(\d+)", directives)
    return int(found[1]) if found and "no-cache" not in directives else 0
