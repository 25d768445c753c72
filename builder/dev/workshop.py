"""A demo under work: made again whenever its files change, with what did not change kept."""

import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from rich.console import Console

from builder.author_code import forget_modules
from builder.cache import Cache
from builder.dev.board import Board, News, explain
from builder.dev.sources import Sources, find_sources, guess_sources
from builder.dev.warm_cache import WarmCache
from builder.dev.watch import Watcher
from builder.errors import BuilderError
from builder.failures import describe, printable
from builder.gallery.index.files import ROOT as GALLERY
from builder.images.inspect import inspect_picture
from builder.model import ImageTextModel
from builder.models.load import load_model
from builder.pipeline.image_text import make_site
from builder.pipeline.made import AnyReport, MadeSite
from builder.progress import Progress
from builder.site.own_files import MANIFEST
from builder.spec.demo import DemoSpec, find_spec, load_any_spec
from builder.spec.functions import FunctionDemoSpec
from builder.spec.models import ModelSpec
from builder.spec.prompt_sets import PromptSetSpec

_HERE: Mapping[str, object] = {"offline": False, "base_url": None}
"""How a demo differs while it is worked on: browsers keep nothing, and all comes from here."""

_UNKNOWN = "a picture of something else"


class Workshop:
    """Makes a demo and keeps its site in a folder; `spec` and `notes` are those of the last site.

    What a rebuild needs of the models stays in memory from the second build on.
    """

    def __init__(self, spec_path: Path, folder: Path, cache_folder: Path, console: Console):
        self.path = find_spec(spec_path).absolute()
        self.folder = folder
        self.board = Board()
        self.spec: DemoSpec | FunctionDemoSpec | None = None
        self.notes: tuple[str, ...] = ()
        self._console = console
        self._cold = Cache(cache_folder)
        self._warm = WarmCache(cache_folder)
        self._is_warm = False
        self._watcher = Watcher()
        self._sources = Sources()
        self._models: dict[str, ImageTextModel] = {}
        self._files: Mapping[str, bytes] = {}

    def run(self) -> None:
        """Build, and build again after every change, until Ctrl-C is pressed while it waits."""
        changed: Collection[Path] = ()
        while True:
            self.rebuild(changed)
            self.warm_up()
            try:
                changed = self._watcher.wait()
            except KeyboardInterrupt:
                return

    def rebuild(self, changed: Collection[Path] = ()) -> None:
        """Put the demo as it now is into the folder; or say what is wrong, and leave the last one.

        `changed` are the files that have changed since the last time.
        """
        started = time.perf_counter()
        self.board.post(replace(self.board.news, busy=True))
        try:
            made = self._make(changed)
            self._write(made.files)
        except Exception as error:
            message, _ = describe(error)
            self._say(message)
            problems = explain(error, message)
            self.board.post(replace(self.board.news, busy=False, problems=problems))
        else:
            self._tell(made, time.perf_counter() - started)
            self.board.post(News(sha256(made.files[MANIFEST]).hexdigest()))

    def warm_up(self) -> None:
        """Have at hand what a changed prompt needs, by making the demo with one that is new."""
        if self._is_warm or not isinstance(self.spec, DemoSpec) or not self.spec.images:
            return
        self._is_warm = True
        # Another vocabulary would be cut for each new prompt, and given rows need no model.
        models = [m for m in self.spec.models if m.vocabulary is None and m.precomputed is None]
        prompts = PromptSetSpec(name="New", prompts=(self.spec.prompts[0], _UNKNOWN))
        less = {"models": tuple(models), "prompt_sets": (prompts,), "gallery": None}
        spec = self.spec.model_copy(update=less)
        self._warm.stores = False
        try:
            if models:
                make_site(spec, cache=self._warm, progress=_quiet(), load=self._load)
        except (BuilderError, OSError, MemoryError):
            return  # The demo is built; only the first change will take longer.
        finally:
            self._warm.stores = True

    def close(self) -> None:
        """Stop watching, and end what is kept in memory."""
        self._watcher.close()
        self._warm.close()
        self._cold.prune_after_build()
        self._warm.prune_after_build()

    def _make(self, changed: Collection[Path]) -> MadeSite[AnyReport]:
        self._forget(changed)
        has_new_pictures = any(map(self._sources.has_picture, changed))
        try:
            spec = load_any_spec(self.path, inspect_picture)
        except BuilderError:
            self._follow(guess_sources(self.path, self._sources))
            raise
        if isinstance(spec, DemoSpec):
            named = set(map(repr, spec.models))
            self._models = {key: model for key, model in self._models.items() if key in named}
        # Before its files are read, so that no change goes unnoticed.
        self._follow(find_sources(self.path, spec))
        is_quick = self._is_quick(spec) and not has_new_pictures
        here = {key: value for key, value in _HERE.items() if key in type(spec).model_fields}
        try:
            made = make_site(
                spec.model_copy(update=here),
                cache=self._warm if self.spec else self._cold,
                progress=_quiet() if is_quick else Progress(self._console),
                load=self._load,
            )
        finally:
            # With the modules that its code has imported.
            self._follow(find_sources(self.path, spec))
        self.spec = spec
        return made

    def _load(self, spec: ModelSpec) -> ImageTextModel:
        """A model, which stays loaded."""
        key = repr(spec)
        if key not in self._models:
            self._models[key] = load_model(spec, self._cold.folder)
        return self._models[key]

    def _forget(self, changed: Collection[Path]) -> None:
        """Have models, and the author's code, loaded again if one of their files has changed."""
        if any(path.suffix == ".py" for path in changed):
            for folder in self._sources.code:
                forget_modules(folder)
        others = Sources()
        if isinstance(self.spec, DemoSpec):
            others = find_sources(self.path, self.spec.model_copy(update={"models": ()}))
        if any(path not in others for path in changed):
            self._models.clear()

    def _is_quick(self, spec: DemoSpec | FunctionDemoSpec) -> bool:
        """Whether models and gallery are those of the last site."""
        last = self.spec
        if not isinstance(spec, DemoSpec) or not isinstance(last, DemoSpec):
            return False
        return (spec.models, spec.gallery) == (last.models, last.gallery)

    def _follow(self, sources: Sources) -> None:
        self._sources = sources
        self._watcher.follow(sources)

    def _write(self, files: Mapping[str, bytes]) -> None:
        """Write what is new or has changed; pages find what they name, since those come last."""
        names = sorted(files, key=lambda url: (url.endswith(".html"), url == MANIFEST))
        for url in names:
            if not self._has(url, files):
                path = self.folder / url
                path.parent.mkdir(parents=True, exist_ok=True)
                fresh = path.with_name(f".{path.name}")
                fresh.write_bytes(files[url])
                fresh.replace(path)
        for url in self._files.keys() - files.keys():
            (self.folder / url).unlink()
        self._files = files

    def _has(self, url: str, files: Mapping[str, bytes]) -> bool:
        """Whether a file was written already; what a gallery has is named by its content."""
        if url not in self._files or url.startswith(f"{GALLERY}/"):
            return url in self._files
        return self._files[url] == files[url]

    def _tell(self, made: MadeSite[AnyReport], seconds: float) -> None:
        """Say that it is done, and what was not said before."""
        notes = (*made.report.warnings, *made.notes)
        for note in notes:
            if note not in self.notes:
                self._say(f"Note: {note}")
        self.notes = notes
        self._say(f"Built in {seconds:.1f} s.")

    def _say(self, line: str) -> None:
        self._console.print(printable(line), markup=False, highlight=False, soft_wrap=True)


def _quiet() -> Progress:
    return Progress(Console(quiet=True))
