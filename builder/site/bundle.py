"""From results to files: the manifest and everything it points to, named by content."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from builder import manifest
from builder.cache import Cache
from builder.gallery.built import BuiltGallery
from builder.images.prepare import Picture, PreparedImage
from builder.manifest import GallerySiteManifest, PageManifest, PictureRef, SiteManifest
from builder.progress import Progress
from builder.site.built_model import BuiltModel, row_id
from builder.site.files import Files
from builder.site.model_part import add_model
from builder.site.seal import UNSEALED, seal
from builder.site.wishes import NO_WISHES, Sharing
from builder.spec.demo import DemoSpec
from builder.spec.page import PageSpec
from builder.stored_files import JoinedFiles
from builder.version import NAME, __version__

Manifest = TypeVar("Manifest", bound=PageManifest)


@dataclass(frozen=True)
class Bundle(Generic[Manifest]):
    """A site without its page: the manifest, still without the app's files, and the data files.

    `gallery` has many more pictures, which are among the files.
    """

    manifest: Manifest
    files: Mapping[str, bytes]
    sharing: Sharing = NO_WISHES
    gallery: BuiltGallery | None = None


def bundle(
    spec: DemoSpec,
    images: Sequence[PreparedImage],
    models: Sequence[BuiltModel],
    *,
    gallery: BuiltGallery | None = None,
    sharing: Sharing = NO_WISHES,
    cache: Cache,
    progress: Progress,
) -> Bundle[SiteManifest]:
    """Put a site's data together; what models need is compressed."""
    files = Files()
    specs = tuple(image.spec for image in images)
    site = SiteManifest(
        **_describe_spec(spec),
        models=tuple(add_model(model, specs, files, cache, progress) for model in models),
        images=tuple(_describe_image(image, files) for image in images),
        gallery=gallery and gallery.part,
        prompt_sets=tuple(
            manifest.PromptSet(name=one.name, prompts=_describe_prompts(one.prompts))
            for one in spec.prompt_sets
        ),
    )
    return Bundle(site, _join(files, gallery), sharing, gallery)


def bundle_gallery(
    spec: DemoSpec,
    gallery: BuiltGallery,
    models: Sequence[BuiltModel],
    *,
    sharing: Sharing = NO_WISHES,
    cache: Cache,
    progress: Progress,
) -> Bundle[GallerySiteManifest]:
    """The same of a site of a gallery alone."""
    files = Files()
    site = GallerySiteManifest(
        **_describe_spec(spec),
        models=tuple(add_model(model, (), files, cache, progress) for model in models),
        gallery=gallery.part,
    )
    return Bundle(site, _join(files, gallery), sharing, gallery)


def _join(files: Files, gallery: BuiltGallery | None) -> Mapping[str, bytes]:
    return JoinedFiles(files.content, gallery.files) if gallery else files.content


def _describe_spec(spec: DemoSpec) -> dict[str, Any]:
    """What is said of every page that compares pictures and sentences."""
    return {
        **describe_page(spec).model_dump(),
        "base_url": spec.base_url and f"{spec.base_url.rstrip('/')}/",
        "visitor_language": spec.visitor_language,
    }


def describe_page(spec: PageSpec) -> PageManifest:
    """What every manifest says, still without the page's files."""
    return PageManifest(
        generator=manifest.Generator(name=NAME, version=__version__),
        title=spec.title,
        description=spec.description,
        language=spec.language,
        links=tuple(manifest.Link(label=link.label, url=link.url) for link in spec.links),
        offline=spec.offline,
        files=(),
    )


def _describe_image(image: PreparedImage, files: Files) -> manifest.Image:
    spec = image.spec

    def add(picture: Picture) -> PictureRef:
        file = files.add(f"images/{spec.id}-{picture.size}", ".jpg", picture.jpeg)
        return PictureRef(**file.model_dump(), width=picture.size, height=picture.size)

    return manifest.Image(
        id=spec.id,
        description=spec.description,
        prompts=_describe_prompts(spec.prompts),
        photo=add(image.photo),
        display=tuple(add(picture) for picture in image.display),
        thumbnail=add(image.thumbnail),
        credit=manifest.Credit(author=spec.author, license=spec.license, source=spec.source),
    )


def _describe_prompts(texts: Sequence[str]) -> tuple[manifest.Prompt, ...]:
    return tuple(manifest.Prompt(id=row_id(text), text=text) for text in texts)


def to_json(site: PageManifest) -> bytes:
    """`manifest.json`, byte for byte the same for the same site."""
    content = site.model_copy(update={"sha256": UNSEALED}).model_dump(by_alias=True)
    return seal(json.dumps(content, ensure_ascii=False).encode())
