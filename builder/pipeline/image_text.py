"""The pipeline. Data flows one way; only the last stage touches the output folder."""

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from builder.cache import Cache
from builder.conversion.image_encoder import ExportedImageEncoder, export_image_encoder
from builder.conversion.text_encoder import export_text_encoder
from builder.embedding.embed import embed
from builder.embedding.fidelity import measure_fidelity
from builder.embedding.matrix import choose_dtype
from builder.embedding.views import see_image
from builder.errors import BuilderError
from builder.gallery.built import BuiltGallery
from builder.images.inspect import inspect_picture
from builder.images.prepare import ImageSet, prepare_images
from builder.manifest import GallerySiteManifest, SiteManifest
from builder.model import ImageTextModel, Preprocessing
from builder.models.cut import cut_vocabulary
from builder.models.fetch import fetch_missing
from builder.models.load import load_model
from builder.models.precomputed.model import PrecomputedModel, load_precomputed
from builder.pipeline.made import AnyReport, MadeSite, write_made
from builder.pipeline.precomputed import build_precomputed
from builder.progress import Progress
from builder.site.budget import check_size
from builder.site.built_model import BuiltModel
from builder.site.bundle import bundle, bundle_gallery
from builder.site.folder import Site, assemble_site, check_target
from builder.site.goldens import GOLDEN_TEXTS, choose_goldens
from builder.site.report import Report, make_report
from builder.site.template import GALLERY, Template, load_template
from builder.site.wishes import Sharing, read_sharing
from builder.spec.demo import DemoSpec, load_any_spec
from builder.spec.functions import FunctionDemoSpec
from builder.spec.models import ModelSpec
from builder.text.captions import draw_captions

TYPED = 256
"""Captions of the built-in grammar by which the encoder of a gallery is judged."""

LoadModel = Callable[[ModelSpec], ImageTextModel]


def build_site(
    spec_path: Path,
    out: Path,
    *,
    rows: Path | None = None,
    cache: Cache,
    progress: Progress,
) -> AnyReport:
    """Build the site of a `demo.toml`, of whatever kind, into the folder `out`.

    The rows of its gallery are in the folder `rows`, or where `find_rows` looks.

    Raises:
        BuilderError: for anything that the author can fix; `out` is then unchanged.
    """
    spec = load_any_spec(spec_path, inspect_picture)
    check_target(out)
    made = make_site(spec, rows=rows, cache=cache, progress=progress)
    return write_made(made, out, cache=cache, progress=progress)


def make_site(
    spec: DemoSpec | FunctionDemoSpec,
    *,
    rows: Path | None = None,
    cache: Cache,
    progress: Progress,
    load: LoadModel | None = None,
) -> MadeSite[AnyReport]:
    """Compute the site of a spec, of whatever kind, and write nothing but the cache.

    `load` finds models in place of `load_model`.

    Raises:
        BuilderError: for anything that the author can fix.
    """
    if isinstance(spec, DemoSpec):
        return _make_demo(spec, cache, progress, load, rows)
    if rows:
        raise BuilderError(f"--rows {rows}: the template '{spec.template}' has no gallery.")
    # This brings in JAX, which a demo of pictures does not need when its results are in the cache.
    from builder.pipeline.functions import make_functions

    return make_functions(spec, cache=cache, progress=progress)


def build_spec(
    spec: DemoSpec,
    out: Path,
    *,
    cache: Cache,
    progress: Progress,
    load: LoadModel | None = None,
) -> Report:
    """Build the site of a spec, however it was made.

    Published models that it names are downloaded into the cache if they are not there yet. `load`
    finds models in place of `load_model`.

    Raises:
        BuilderError: for anything that the author can fix; `out` is then unchanged.
    """
    check_target(out)
    made = _make_demo(spec, cache, progress, load, None)
    return write_made(made, out, cache=cache, progress=progress)


def _make_demo(
    spec: DemoSpec,
    cache: Cache,
    progress: Progress,
    load: LoadModel | None,
    rows: Path | None,
) -> MadeSite[Report]:
    started = time.perf_counter()
    template = load_template(spec.template if spec.images else GALLERY)
    sharing = read_sharing(spec.sharing)
    fetch_missing(spec.models, cache.folder, progress)
    load = load or functools.partial(load_model, cache_folder=cache.folder)
    sources = [
        load_precomputed(model) if model.precomputed else load(model) for model in spec.models
    ]
    images = _prepare(spec, sources, cache, progress)
    gallery = _make_gallery(spec, sources[0], rows, cache, progress)
    built = [
        build_model(source, model, spec, images, cache=cache, progress=progress)
        for source, model in zip(sources, spec.models, strict=True)
    ]
    site = _assemble(spec, images, built, gallery, template, sharing, cache, progress)
    check_size(site.files, spec.max_bytes)
    seconds = time.perf_counter() - started
    report = make_report(
        site, template.app, images, built, spec.max_bytes, progress.seconds, seconds, gallery
    )
    return MadeSite(site.files, report, (*template.notes_on(spec.language), *site.notes))


def _prepare(
    spec: DemoSpec,
    sources: Sequence[ImageTextModel | PrecomputedModel],
    cache: Cache,
    progress: Progress,
) -> ImageSet:
    """The images of a demo; a gallery alone has none."""
    if not spec.images:
        return ImageSet(())
    with progress.step("Prepare images", len(spec.images)) as advance:
        preprocessings = tuple(dict.fromkeys(_preprocessings(sources, spec.models)))
        where = functools.partial(spec.where, "images")
        return prepare_images(
            spec.images, preprocessings, cache=cache, advance=advance, where=where
        )


def _make_gallery(
    spec: DemoSpec,
    model: ImageTextModel | PrecomputedModel,
    rows: Path | None,
    cache: Cache,
    progress: Progress,
) -> BuiltGallery | None:
    if spec.gallery is None:
        if rows:
            raise BuilderError(f"--rows {rows}: the demo has no [gallery]. Leave the option out.")
        return None
    if isinstance(model, PrecomputedModel):
        raise BuilderError(
            f"{spec.where('models', 0)}: a gallery is searched with the first model, which has only"
            " finished rows. Put one with towers first."
        )
    # This reads what the extra `gallery` installs.
    from builder.gallery.build import build_gallery

    where = functools.partial(spec.where, "gallery")
    return build_gallery(
        spec.gallery,
        model,
        rows,
        prompts=spec.prompts,
        where=where,
        cache=cache,
        progress=progress,
    )


def _assemble(
    spec: DemoSpec,
    images: ImageSet,
    models: Sequence[BuiltModel],
    gallery: BuiltGallery | None,
    template: Template,
    sharing: Sharing,
    cache: Cache,
    progress: Progress,
) -> Site[SiteManifest] | Site[GallerySiteManifest]:
    if not spec.images:
        assert gallery, "a demo has pictures, a gallery, or both"
        bundled = bundle_gallery(
            spec, gallery, models, sharing=sharing, cache=cache, progress=progress
        )
        return assemble_site(bundled, template)
    bundled = bundle(
        spec,
        images.images,
        models,
        gallery=gallery,
        sharing=sharing,
        cache=cache,
        progress=progress,
    )
    return assemble_site(bundled, template, load_template(GALLERY) if gallery else None)


def build_model(
    model: ImageTextModel | PrecomputedModel,
    options: ModelSpec,
    spec: DemoSpec,
    images: ImageSet,
    *,
    cache: Cache,
    progress: Progress,
) -> BuiltModel:
    """Everything one model contributes to a site, with the options of its table in the spec.

    Raises:
        ParityError: if the exported text encoder does not compute what JAX computes.
    """
    if isinstance(model, PrecomputedModel):
        return build_precomputed(model, spec, cache=cache, progress=progress)
    vocabulary = None
    if options.vocabulary:
        model, vocabulary = cut_vocabulary(
            model, options.vocabulary, spec.prompts, cache=cache, progress=progress
        )
    texts = tuple(dict.fromkeys((*spec.prompts, *GOLDEN_TEXTS)))
    typed = [text for text in _draw_typed(spec, options) if text not in texts]
    places = {text: place for place, text in enumerate((*texts, *typed))}
    seen = [see_image(image, model.preprocessing) for image in images.images]
    compared = embed(model, seen, tuple(places), cache=cache, progress=progress)
    choices = [[places[prompt] for prompt in image.prompts] for image in spec.images]
    encoder = export_text_encoder(
        model,
        options.quantization or model.storage,
        compared,
        choices=choices,
        typed=[places[text] for text in typed],
        converter=options.converter,
        cache=cache,
        progress=progress,
    )
    embeddings = compared.of_first_texts(len(texts))
    image_encoder: ExportedImageEncoder | None = None
    if options.image_encoder and spec.images:
        small = model.on_device
        image_encoder = export_image_encoder(
            small,
            [see_image(image, small.preprocessing) for image in images.images],
            embeddings.ztxt,
            choices=choices,
            cache=cache,
            progress=progress,
        )
    return BuiltModel(
        model=model,
        embeddings=embeddings,
        texts=texts,
        goldens=choose_goldens(spec.prompts, texts, embeddings.tokens),
        encoder=encoder,
        image_encoder=image_encoder,
        dtype=choose_dtype(embeddings.zimg, embeddings.ztxt, model.scoring.scale),
        fidelity=measure_fidelity(
            model, images.images, embeddings.zimg, cache=cache, progress=progress
        ),
        vocabulary=vocabulary,
        problems=(*(vocabulary.problems if vocabulary else ()), *encoder.problems),
    )


def _draw_typed(spec: DemoSpec, options: ModelSpec) -> tuple[str, ...]:
    """What visitors may type where they search: the encoder is compared with JAX on it too."""
    return draw_captions(TYPED) if spec.gallery and options is spec.models[0] else ()


def _preprocessings(
    sources: Iterable[ImageTextModel | PrecomputedModel], models: Iterable[ModelSpec]
) -> Iterator[Preprocessing]:
    """How the models see pictures, and then how visitors' devices do."""
    pairs = list(zip(sources, models, strict=True))
    yield from (source.preprocessing for source, _ in pairs)
    for source, options in pairs:
        if options.image_encoder and isinstance(source, ImageTextModel):
            yield source.on_device.preprocessing
