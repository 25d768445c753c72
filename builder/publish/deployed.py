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
from builder.gallery_manifest import Gallery
from builder.manifest import GallerySiteManifest, ModelsManifest, SiteManifest
from builder.progress import Progress
from builder.publish.client import Answer, Client, explain
from builder.site.folder import HOST_FILES, MANIFEST, AnyManifest, parse_manifest
from builder.site.named_files import find_named_files
from builder.site.references import referenced_files

_PARALLEL = 6
_LARGEST_MANIFEST = 100_000_000
_LARGEST_NAMED = 20_000_000
"""More than any file of a gallery has."""
_NAMED_BY_CONTENT = re.compile(r"(?:-[\w-]{8,}|/[0-9a-f]{32})\.\w+$")
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
    wanted = _list_wanted(site, client, addresses)
    check = partial(_check_file, client, base, addresses)
    problems: list[Problem] = []
    headers = {MANIFEST: received}
    with (
        ThreadPoolExecutor(_PARALLEL) as pool,
        progress.step(f"Check {base}", len(wanted)) as advance,
    ):
        for file, (received, found) in zip(wanted, pool.map(check, wanted), strict=True):
            headers[file.url] = received
            problems += found
            advance(1)
    size = sum(file.bytes or 0 for file in wanted)
    if problems:
        return Deployment(len(wanted), size, tuple(problems), ())
    host_notes = _host_notes(client, base, addresses, wanted, headers)
    return Deployment(len(wanted), size, (), (*_caching_notes(headers), *host_notes))


def _find_base(url: str) -> str:
    """The address of the folder that a site's page is in."""
    if flaw := find_address_flaw(url) or find_transport_flaw(url):
        raise SiteError(f"{mask_secrets(url)}: {flaw}. Correct the address.")
    plain = to_ascii(url)
    is_whole = urllib.parse.urlsplit(plain).path.endswith((".html", "/"))
    return (plain if is_whole else f"{plain}/").rpartition("/")[0] + "/"


def _fetch_manifest(base: str) -> tuple[AnyManifest, Message]:
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


@dataclass(frozen=True)
class _Wanted:
    """A file that should be there: its SHA-256, and its size if that is known.

    Of a gallery's files, the hash is the beginning, which names them.
    """

    url: str
    sha256: str
    bytes: int | None


def _list_wanted(site: AnyManifest, client: Client, addresses: dict[str, str]) -> list[_Wanted]:
    """Every file of a site; addresses of those that the manifest does not name itself are added."""
    refs = {ref.url: ref for ref in referenced_files(site) if ref.url not in HOST_FILES}
    wanted = [_Wanted(ref.url, ref.sha256, ref.bytes) for ref in refs.values()]
    if (gallery := _gallery_of(site)) is None:
        return wanted
    folder = addresses[gallery.records.url].removesuffix(gallery.records.url)

    def read(url: str) -> bytes | None:
        try:
            answer = client.fetch(_join(folder, url), _LARGEST_NAMED, keep_body=True)
        except OSError:
            return None
        return answer.body if answer.status == HTTPStatus.OK else None

    named = find_named_files(site.model_dump(mode="json", include={"gallery"}), read)
    addresses |= {url: _join(folder, url) for url in named}
    return wanted + [_Wanted(url, sha256, None) for url, sha256 in named.items()]


def _gallery_of(site: AnyManifest) -> Gallery | None:
    return site.gallery if isinstance(site, SiteManifest | GallerySiteManifest) else None


def _list_addresses(base: str, site: AnyManifest) -> dict[str, str]:
    """Where every file that a manifest names is."""
    addresses = {ref.url: _join(base, ref.url) for ref in referenced_files(site)}
    if isinstance(site, ModelsManifest) and site.base_url:
        host, here = (urllib.parse.urlsplit(a).hostname or "" for a in (site.base_url, base))
        if is_loopback(host) and not is_loopback(here):
            raise SiteError(
                f"{base}{MANIFEST}: says that its data is at {site.base_url}, on the machine of"
                " whoever looks at it. Correct base_url, and build the site again."
            )
        images = site.images if isinstance(site, SiteManifest) else ()
        gallery = _gallery_of(site)
        parts = (*site.models, *images, *([gallery] if gallery else ()))
        data = [ref for part in parts for ref in referenced_files(part)]
        addresses |= {ref.url: _join(site.base_url, ref.url) for ref in data}
    return addresses


def _join(folder: str, url: str) -> str:
    return folder + urllib.parse.quote(url)


def _check_file(
    client: Client, base: str, addresses: Mapping[str, str], file: _Wanted
) -> tuple[Message, list[Problem]]:
    address = addresses[file.url]
    try:
        answer = client.fetch(address, _LARGEST_NAMED if file.bytes is None else file.bytes)
    except OSError as error:
        return Message(), [Problem(file.url, f"cannot be fetched ({explain(error)})", "Try again.")]
    problems = list(_find_problems(file, answer))
    is_elsewhere = origin_of(address) != origin_of(base)
    if is_elsewhere and "Access-Control-Allow-Origin" not in answer.headers:
        remedy = "Make its host send Access-Control-Allow-Origin."
        problems.append(Problem(address, "cannot be used by a page on another host", remedy))
    return answer.headers, problems


def _find_problems(file: _Wanted, answer: Answer) -> Iterator[Problem]:
    if answer.status != HTTPStatus.OK:
        yield Problem(
            file.url, f"the server answered {answer.status}", "Upload the whole folder again."
        )
        return
    if file.bytes is not None and answer.size != file.bytes:
        size = "more" if answer.size > file.bytes else f"{answer.size:,}"
        yield Problem(file.url, f"has {size} bytes, not {file.bytes:,}", "Upload it again.")
    elif not answer.sha256.startswith(file.sha256):
        yield Problem(
            file.url,
            "differs from the file that was built",
            "Upload it again. If it still differs, the host changes files: turn that off.",
        )
    wanted = _TYPES.get(PurePosixPath(file.url).suffix)
    given = answer.headers.get_content_type() if "Content-Type" in answer.headers else "no type"
    if wanted and given not in wanted:
        yield Problem(
            file.url, f"is served as {given}, not {wanted[0]}", "Set the type on the host."
        )


def _caching_notes(headers: Mapping[str, Message]) -> Iterator[str]:
    """Files with a hash in their name never change; the manifest changes with every build."""
    named_by_content = [url for url in headers if _NAMED_BY_CONTENT.search(url)]
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
    wanted: list[_Wanted],
    headers: Mapping[str, Message],
) -> Iterator[str]:
    data = [file for file in wanted if not file.url.endswith(".html")]
    closed = [file.url for file in data if headers[file.url]["Access-Control-Allow-Origin"] != "*"]
    if closed:
        yield (
            f"{len(closed)} of the files, such as {closed[0]}, are only for pages on this host:"
            " embed.js and lit.js on other hosts cannot use this site."
            " 'Access-Control-Allow-Origin: *' allows it."
        )
    largest = max(wanted, key=lambda file: file.bytes or 0)
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
