"""A demo made in Python, as in a notebook, instead of in `demo.toml`."""

import html
import shutil
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console

from builder.cache import Cache, default_cache_folder, digest
from builder.errors import BuilderError
from builder.model import ImageTextModel
from builder.models.author import TwoTowerModel, as_image_text_model
from builder.models.load import load_model
from builder.pipeline.image_text import build_spec
from builder.progress import Progress
from builder.publish.archive import write_zip
from builder.publish.serve import make_server
from builder.spec.demo import DemoSpec, ImageSpec, read_table
from builder.spec.models import ModelSpec, id_of_source
from builder.spec.types import slug

if TYPE_CHECKING:
    from builder.site.report import Report

_IN_MEMORY = "notebook:towers"
"""What `towers` is called in the spec of a model that is an object."""


@dataclass(frozen=True)
class Preview:
    """A page in a frame of `height` pixels, which is how a notebook shows it."""

    url: str
    height: int

    def _repr_html_(self) -> str:
        url = html.escape(self.url)
        return f'<iframe src="{url}" width="100%" height="{self.height}" title="Demo"></iframe>'


class Demo:
    """A demo of pictures and sentences, to be built, looked at and published from a notebook.

    Adding a model or a picture with the id of an earlier one replaces that, so a cell can be run
    again. What is wrong raises BuilderError where it is added.

    Example:
        ```python
        demo = builder.Demo(title="Which sentence fits?")
        demo.add_model("mini-tiny")
        demo.add_image("kitten.jpg", prompts=["a kitten", "a puppy"])
        demo.show()
        ```
    """

    def __init__(
        self,
        title: str,
        description: str = "Which sentence fits the picture?",
        *,
        cache_dir: str | Path | None = None,
        **page: Any,
    ) -> None:
        """A demo without models and pictures.

        Args:
            title: Title of the page.
            description: A sentence below it.
            cache_dir: Where slow results are kept; by default the user's cache folder.
            page: More keys of `demo.toml` for the whole page, such as `language="de"`.
        """
        self._page = {"title": title, "description": description, **page}
        self._models: dict[str, ModelSpec] = {}
        self._towers: dict[str, TwoTowerModel] = {}
        self._images: dict[str, ImageSpec] = {}
        self._cache = Cache(Path(cache_dir) if cache_dir else default_cache_folder())
        self._folder = Path(tempfile.mkdtemp(prefix="lit-demo-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._site: Path | None = None
        self._ports: dict[Path, int] = {}
        self.report: Report | None = None
        """Figures of the last build."""

    def add_model(
        self,
        name: str | None = None,
        *,
        towers: str | TwoTowerModel | Callable[[], TwoTowerModel] | None = None,
        **options: Any,
    ) -> None:
        """Add a model; the page opens with the first.

        Args:
            name: A model of the registry (`lit-demo models` lists them).
            towers: Instead, JAX functions with their parameters, or a function that returns them,
                or its name as `module:function`.
            options: More keys of a `[[models]]` table, such as `checkpoint`, `id`, `quantization`.

        Raises:
            BuilderError: if that is no model, or an option is unknown or wrong.
        """
        table: dict[str, Any] = {**options, **({"name": name} if name is not None else {})}
        model = None
        if isinstance(towers, str):
            table["towers"] = towers
        elif towers is not None:
            model = towers if isinstance(towers, TwoTowerModel) else towers()
            table = {"id": slug(model.name or "") or "towers", **table, "towers": _IN_MEMORY}
        spec = read_table(ModelSpec, table, "add_model")
        key = spec.id or id_of_source(spec)
        self._models[key] = spec
        self._towers.pop(key, None)
        if model is not None:
            self._towers[key] = model
        self._site = None

    def add_image(
        self,
        picture: str | Path | NDArray[Any] | Image.Image,
        prompts: Sequence[str],
        *,
        description: str | None = None,
        **options: Any,
    ) -> None:
        """Add a picture with its example prompts.

        Args:
            picture: A file; or an array [height, width] or [height, width, 3 or 4], uint8 or floats
                from 0 to 1; or a Pillow image.
            prompts: Sentences to compare it with.
            description: What somebody who cannot see it should know (its alt text).
            options: More keys of an `[[images]]` table, such as `id`, `author`, `license`,
                `focal_point`.

        Raises:
            BuilderError: if it is no picture, there is no prompt, or an option is unknown or wrong.
        """
        if isinstance(picture, str | Path):
            path, described = Path(picture), Path(picture).stem.replace("-", " ")
        else:
            path, described = self._save(picture), "A picture."
        table = {
            "file": path,
            "prompts": tuple(prompts),
            "description": description or described,
            **options,
        }
        spec = read_table(ImageSpec, table, "add_image")
        self._images[spec.id] = spec
        self._site = None

    def build(self, out: str | Path) -> None:
        """Build the site into the folder `out`, and print what a visitor downloads.

        Raises:
            BuilderError: for anything to mend; `out` is unchanged then.
        """
        # Rich's own bars for notebooks need ipywidgets.
        console = Console(force_jupyter=False, force_terminal=False)
        table = {
            **self._page,
            "models": tuple(self._models.values()),
            "images": tuple(self._images.values()),
        }
        spec = read_table(DemoSpec, table, "Demo")
        self.report = build_spec(
            spec, Path(out), cache=self._cache, progress=Progress(console), load=self._load
        )
        self.report.show(console)
        self._site = Path(out).resolve()

    def show(self, height: int = 800) -> Preview | None:
        """The page in the notebook, in a frame of `height` pixels; built first if need be.

        It comes from a server in this process, at an address of this machine, so the browser must
        run here too. In Colab, Colab itself brings it to the browser and nothing is returned.
        Elsewhere on other machines, take `zip`.
        """
        port = self._serve()
        if "google.colab" in sys.modules:
            from google.colab import output  # pyright: ignore[reportMissingImports]

            output.serve_kernel_port_as_iframe(port, height=str(height))
            return None
        return Preview(f"http://127.0.0.1:{port}/", height)

    def zip(self, out: str | Path | None = None) -> Path:
        """Write the site as a ZIP and return its path; built first if need be.

        Without `out` it is called as the title, in the working directory.
        """
        path = Path(out or f"{slug(self._page['title']) or 'demo'}.zip")
        write_zip(self._built(), path)
        return path

    def _save(self, picture: NDArray[Any] | Image.Image) -> Path:
        """Write a picture as a file that is called by its content."""
        if not isinstance(picture, Image.Image):
            picture = _from_array(np.asarray(picture))
        name = digest(picture.mode, str(picture.size), picture.tobytes())[:10]
        path = self._folder / f"picture-{name}.png"
        picture.save(path)
        return path

    def _load(self, spec: ModelSpec) -> ImageTextModel:
        key = spec.id or id_of_source(spec)
        if model := self._towers.get(key):
            return as_image_text_model(model, key)
        return load_model(spec, self._cache.folder)

    def _built(self) -> Path:
        if self._site is None:
            self.build(self._folder / "site")
        assert self._site is not None
        return self._site

    def _serve(self) -> int:
        """The port at which the folder of the site is served, from now on."""
        site = self._built()
        if site not in self._ports:
            server = make_server(site, port=0, host="127.0.0.1", base_path="/")
            threading.Thread(target=server.serve_forever, daemon=True).start()
            weakref.finalize(self, _stop, server)
            self._ports[site] = server.server_address[1]
        return self._ports[site]


def _from_array(array: NDArray[Any]) -> Image.Image:
    shape_fits = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    if not shape_fits or array.size == 0:
        raise BuilderError(
            f"add_image: an array of shape {array.shape} is no picture; expected [height, width] or"
            " [height, width, 3 or 4]."
        )
    if np.issubdtype(array.dtype, np.floating):
        # Written so that NaN, which is neither within nor beyond a limit, fails.
        if not (array.min() >= 0 and array.max() <= 1):
            raise BuilderError("add_image: an array of floats is no picture unless all are 0 to 1.")
        array = np.rint(array * 255).astype(np.uint8)
    if array.dtype != np.uint8:
        raise BuilderError(
            f"add_image: an array of {array.dtype} is no picture; expected uint8, or floats."
        )
    return Image.fromarray(array)


def _stop(server: ThreadingHTTPServer) -> None:
    server.shutdown()
    server.server_close()
