"""What a build produced, how much a visitor downloads, how long it took, and how exact it is."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from builder.conversion.text_encoder import EncoderParity
from builder.gallery.built import BuiltGallery, GalleryReport
from builder.images.prepare import ImageSet
from builder.manifest import GallerySiteManifest, Model, SiteManifest
from builder.models.cut import VocabularyReport
from builder.site.advice import advise
from builder.site.budget import LARGEST_SITE, Budget, measure_budget, megabytes
from builder.site.built_model import BuiltModel
from builder.site.folder import MANIFEST, PAGE, Site
from builder.site.notes import note_pictures, note_prompts
from builder.site.references import encoder_files, image_encoder_files
from builder.site.webapp import WebApp
from builder.stored_files import sizes_of
from builder.tables import print_whole

_SLOWEST = 5


@dataclass(frozen=True)
class ImageEncoderReport:
    """What visitors download for pictures of their own, and no others do.

    `min_cosine` is the least cosine to the row in JAX of so many of the demo's `pictures`, and
    of the pattern that browsers are checked with.
    """

    bytes: int
    graph_nodes: int
    quantization: str
    pictures: int
    min_cosine: float


@dataclass(frozen=True)
class ModelReport:
    """One model. Parity compares the shipped encoder in TF.js with the author's JAX function.

    If rows were given instead of towers, it is compared with those; without an encoder, there is
    nothing to compare. `shown_min_cosine` is the least cosine between the row of a picture as the
    model saw it and that of the JPEG on the page, if they differ. `encoder_bytes` are downloaded;
    `table_bytes` are those of the token embeddings, before compression.
    """

    id: str
    encoder_bytes: int
    graph_nodes: int
    quantization: str | None
    parity: EncoderParity | None
    shown_min_cosine: float | None
    vocabulary: VocabularyReport | None = None
    table_bytes: int = 0
    image_encoder: ImageEncoderReport | None = None

    @property
    def table_bytes_saved(self) -> int:
        """By cutting the vocabulary."""
        cut = self.vocabulary
        return round(cut.rows_saved * self.table_bytes / cut.pieces) if cut else 0


@dataclass(frozen=True)
class Report:
    """Figures of a build. Bytes are those of the files, before any compression by the host.

    The first model may have no encoder, and so never give a free-text answer.
    """

    images: int
    prompts: int
    models: tuple[ModelReport, ...]
    bytes_before_first_answer: int
    bytes_before_first_free_text_answer: int | None
    total_bytes: int
    budget: Budget
    files: int
    seconds: float
    step_seconds: Mapping[str, float]
    warnings: tuple[str, ...]
    gallery: GalleryReport | None = None

    def to_json(self) -> bytes:
        """`report.json`."""
        return json.dumps(asdict(self), indent=2).encode()

    def show(self, console: Console) -> None:
        """Print the figures for a person."""
        for warning in self.warnings:
            console.print(f"Note: {warning}", markup=False, highlight=False, soft_wrap=True)
        sizes = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        sizes.add_column()
        sizes.add_column(justify="right")
        if self.images:
            counts = f"{self.images}, {self.prompts}, {len(self.models)}"
            sizes.add_row("Images, prompts, models", counts)
        if self.gallery:
            self.gallery.add_rows(sizes)
        sizes.add_row("Before the first answer", megabytes(self.bytes_before_first_answer))
        free_text = self.bytes_before_first_free_text_answer
        if free_text is not None:
            sizes.add_row("Before the first free-text answer", megabytes(free_text))
        sizes.add_row(f"Whole site, {self.files} files", megabytes(self.total_bytes))
        self.budget.add_rows(sizes)
        console.print(sizes)
        if any(model.parity for model in self.models):
            print_whole(self._parity_table(), console)
        for model in self.models:
            if (encoder := model.image_encoder) is not None:
                console.print(
                    f"For pictures of their own, visitors of {model.id} download"
                    f" {megabytes(encoder.bytes)} more: its image encoder in"
                    f" {encoder.quantization}, with a least cosine to JAX of"
                    f" {encoder.min_cosine:.6f} on {encoder.pictures} pictures and a pattern.",
                    highlight=False,
                    soft_wrap=True,
                )
        if any(model.vocabulary for model in self.models):
            print_whole(self._vocabulary_table(), console)
        for model in self.models:
            if model.shown_min_cosine is not None:
                console.print(
                    f"{model.id} does not see pictures as the page shows them: least cosine"
                    f" {model.shown_min_cosine:.6f}.",
                    highlight=False,
                    soft_wrap=True,
                )
        console.print(self._steps(), highlight=False, soft_wrap=True)

    def _parity_table(self) -> Table:
        title = "Text encoders in TensorFlow.js against JAX"
        table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
        table.add_column("Model", no_wrap=True)
        table.add_column("Weights", no_wrap=True)
        for heading in ("Download", "Nodes", "Texts", "Float32 error", "Shipped error", "Cosine"):
            table.add_column(heading, justify="right", no_wrap=True)
        for model in self.models:
            if model.parity is None:
                continue
            exact = model.parity.float32_max_abs_error
            table.add_row(
                model.id,
                "float32" if model.quantization == "none" else model.quantization,
                megabytes(model.encoder_bytes),
                str(model.graph_nodes),
                str(model.parity.texts),
                "" if exact is None else f"{exact:.1e}",
                f"{model.parity.max_abs_error:.1e}",
                f"{model.parity.min_cosine:.6f}",
            )
        return table

    def _vocabulary_table(self) -> Table:
        title = "Cut vocabularies, and what share of the tokens of other text is as before"
        table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
        table.add_column("Model", no_wrap=True)
        for heading in ("Pieces", "Before", "Table saved", "File saved", "Cosine", "As before"):
            table.add_column(heading, justify="right", no_wrap=True)
        for model in self.models:
            if (cut := model.vocabulary) is None:
                continue
            table.add_row(
                model.id,
                f"{cut.pieces:,}",
                f"{cut.pieces_before:,}",
                megabytes(model.table_bytes_saved),
                megabytes(cut.file_bytes_saved),
                f"{cut.min_cosine:.6f}",
                ", ".join(f"{name} {share:.2%}" for name, share in cut.shares.items()),
            )
        return table

    def _steps(self) -> str:
        slowest = sorted(self.step_seconds.items(), key=lambda step: -step[1])[:_SLOWEST]
        steps = "; ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest)
        return f"Built in {self.seconds:.1f} s. Slowest steps: {steps}."


def make_report(
    site: Site[SiteManifest] | Site[GallerySiteManifest],
    app: WebApp,
    images: ImageSet,
    models: Sequence[BuiltModel],
    max_bytes: int | None,
    step_seconds: Mapping[str, float],
    seconds: float,
    gallery: BuiltGallery | None = None,
) -> Report:
    """Collect the figures of a finished build."""
    first = _bytes_before_first_answer(site, app, gallery)
    encoder = sum(file.bytes for file in encoder_files(site.manifest.models[0]))
    later = (*app.runtime, *([site.icon] if site.icon else []))
    searched = gallery.report.index.once if gallery and not images.images else 0
    free_text = first + encoder + searched + bytes_of(site, later) if encoder else None
    shown = site.manifest
    lists = (*shown.images, *shown.prompt_sets) if isinstance(shown, SiteManifest) else ()
    return Report(
        images=len(images.images),
        prompts=len({prompt.id for entry in lists for prompt in entry.prompts}),
        models=tuple(
            ModelReport(
                id=built.model.id,
                encoder_bytes=sum(file.bytes for file in encoder_files(described)),
                graph_nodes=built.encoder.nodes if built.encoder else 0,
                quantization=built.encoder.quantization if built.encoder else None,
                parity=built.encoder.parity if built.encoder else None,
                shown_min_cosine=built.fidelity,
                vocabulary=built.vocabulary,
                table_bytes=built.encoder.table_bytes if built.encoder else 0,
                image_encoder=_report_image_encoder(built, described),
            )
            for built, described in zip(models, site.manifest.models, strict=True)
        ),
        bytes_before_first_answer=first,
        bytes_before_first_free_text_answer=free_text,
        total_bytes=site.total_bytes,
        budget=measure_budget(site.files, free_text or first, max_bytes),
        files=len(site.files),
        seconds=seconds,
        step_seconds=dict(step_seconds),
        warnings=(
            *note_pictures(images),
            *(
                f"{built.model.id}: {text}"
                for built, described in zip(models, site.manifest.models, strict=True)
                for text in (
                    *built.problems,
                    *note_prompts(built, images, described.chance),
                    *advise(built, sum(file.bytes for file in encoder_files(described))),
                )
            ),
            *(_note_gallery(gallery, site.total_bytes) if gallery else ()),
        ),
        gallery=gallery and gallery.report,
    )


def _report_image_encoder(built: BuiltModel, described: Model) -> ImageEncoderReport | None:
    if (encoder := built.image_encoder) is None:
        return None
    return ImageEncoderReport(
        bytes=sum(file.bytes for file in image_encoder_files(described)),
        graph_nodes=encoder.nodes,
        quantization=encoder.quantization,
        pictures=encoder.pictures,
        min_cosine=encoder.min_cosine,
    )


def _note_gallery(gallery: BuiltGallery, total_bytes: int) -> Iterator[str]:
    """Sentences on a gallery, of a site of so many bytes."""
    report = gallery.report
    if report.failures:
        yield (
            f"{report.failures:,} pictures of the gallery could not be read, and are not shown:"
            f" {report.failures_file} lists them."
        )
    if total_bytes > LARGEST_SITE:
        yield (
            f"The site has {megabytes(total_bytes)}, and GitHub Pages serves"
            f" {megabytes(LARGEST_SITE)} at most. Keep the thumbnails elsewhere (thumbnails in"
            " [gallery]), or publish to another host."
        )
    yield from gallery.problems


def _bytes_before_first_answer(
    site: Site[SiteManifest] | Site[GallerySiteManifest],
    app: WebApp,
    gallery: BuiltGallery | None,
) -> int:
    """The page, its scripts, and the pictures in view, with rows and texts that answer for them."""
    manifest = site.manifest
    urls = [PAGE, MANIFEST, *app.first(manifest.language)]
    if manifest.visitor_language:
        urls.append(app.visitor_language)
    if not isinstance(manifest, SiteManifest):
        assert gallery, "its page shows one"
        return bytes_of(site, urls) + gallery.first_bytes
    model, image = manifest.models[0], manifest.images[0]
    refs = [model.image_embeddings, model.prompt_embeddings, (*image.display, image.photo)[0]]
    thumbnails = [image.thumbnail for image in manifest.images]
    return bytes_of(site, urls) + sum(ref.bytes for ref in (*refs, *thumbnails))


def bytes_of(site: Site[Any], urls: Sequence[str]) -> int:
    """Size of these files of a site."""
    sizes = sizes_of(site.files)
    return sum(sizes[url] for url in urls)
