"""A demo of functions made in Python: what `[[functions]]` of `demo.toml` says, said there."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from builder.notebook.page import Page
from builder.progress import Progress
from builder.spec.demo import read_table
from builder.spec.functions import FunctionDemoSpec, FunctionSpec, id_of_function
from builder.spec.types import slug

if TYPE_CHECKING:
    from builder.conversion.calls import Call
    from builder.options import Choice
    from builder.site.function_report import FunctionSiteReport

_IN_MEMORY = "notebook"
"""The module in the spec of a function that is an object."""


class FunctionDemo(Page):
    """A page that runs JAX functions, to be built, shown and published from a notebook.

    A function with the id of an earlier one replaces it, so a cell can be run again. A wrong one
    raises BuilderError when it is added.

    Example:
        ```python
        demo = builder.FunctionDemo("A JAX function in your browser")
        demo.add_function(
            lambda params, x: params["a"] * x,
            {"a": 2.0},
            id="double",
            inputs=[{"name": "x", "shape": "(b,)", "range": (-1, 1)}],
        )
        demo.show()
        ```
    """

    def __init__(
        self,
        title: str,
        description: str = "Computed on your own device.",
        *,
        template: Literal["function", "mnist"] | str | Path = "function",
        language: str = "en",
        links: Sequence[tuple[str, str]] = (),
        max_bytes: int | None = None,
        offline: bool = True,
        sharing: Mapping[str, str | Path] = MappingProxyType({}),
        cache_dir: str | Path | None = None,
    ) -> None:
        """A page without functions.

        Args:
            title: Title of the page.
            description: A sentence below it.
            template: The page: `function` with sliders, `mnist` with a surface to draw digits on,
                or a folder of yours.
            language: Language of these texts, such as `en` or `de-CH`.
            links: Links in the header: the label and the address of each.
            max_bytes: Largest size of the whole site, in bytes.
            offline: Whether browsers keep what a visit used, to open the page without a network.
            sharing: What others show of the page: `address`, where it will be, and `icon`.
            cache_dir: Where results of slow steps are kept; by default the user's cache folder.
        """
        super().__init__(
            title,
            description,
            language=language,
            links=links,
            max_bytes=max_bytes,
            offline=offline,
            sharing=sharing,
            cache_dir=cache_dir,
        )
        self._page = {**self._page, "template": str(template)}
        self._functions: dict[str, FunctionSpec] = {}
        self._objects: dict[str, tuple[Callable[..., Any], Any]] = {}
        self._data: dict[str, str] = {}
        self.report: FunctionSiteReport | None = None
        """Figures of the last build."""

    def add_function(
        self,
        function: str | Callable[..., Any],
        params: Any = None,
        *,
        inputs: Sequence[Mapping[str, Any]],
        id: str | None = None,
        samples: str | Path | Mapping[str, ArrayLike] | None = None,
        quantization: "Literal['none'] | Choice" = "none",
        min_cosine: float = 0.9999,
    ) -> None:
        """Add a function, which is called as `function(params, *inputs)`.

        Args:
            function: A JAX function, or its name as `module:function`.
            params: Its parameters, any pytree of arrays; or, for a function that is named, an npz
                file or `module:name`. By default an empty dict.
            inputs: For each argument after the parameters its `name` and `shape`, and perhaps
                `dtype`, `range` and `labels`, as in `[[functions.inputs]]`.
            id: Its name on the page; made from the function's name if left out.
            samples: Arrays by the names of the inputs, or an npz file of them, to compare
                TensorFlow.js with JAX on; by default drawn at random.
            quantization: How weights are stored; "auto" uses the fewest bytes that keep
                `min_cosine`.
            min_cosine: The least cosine to what JAX computes.

        Raises:
            BuilderError: if an option is wrong.
        """
        table: dict[str, Any] = {
            "inputs": tuple(dict(wanted) for wanted in inputs),
            "quantization": quantization,
            "min_cosine": min_cosine,
        }
        if isinstance(function, str):
            table |= {"function": function, "params": params and str(params)}
        else:
            name = slug(getattr(function, "__name__", "")).replace("-", "_") or "function"
            table["function"] = f"{_IN_MEMORY}:{name}"
        table["id"] = id or id_of_function(table)
        if isinstance(samples, Mapping):
            path = self._folder / f"{table['id']}-samples.npz"
            arrays = {name: np.asarray(array) for name, array in samples.items()}
            np.savez(path, allow_pickle=False, **arrays)
            table["samples"] = str(path)
        elif samples is not None:
            table["samples"] = str(samples)
        spec = read_table(FunctionSpec, table, "add_function")
        self._functions[spec.id] = spec
        self._objects.pop(spec.id, None)
        if callable(function):
            self._objects[spec.id] = (function, {} if params is None else params)
        self._site = None

    def add_data(self, name: str, file: str | Path) -> None:
        """Add a file that the page reads by a name, such as the `mistakes` of the page `mnist`."""
        self._data[name] = str(file)
        self._site = None

    def __repr__(self) -> str:
        functions = ", ".join(self._functions) or "none yet"
        return f"FunctionDemo({self._title!r}, functions: {functions})"

    def _write(self, out: Path, progress: Progress) -> "FunctionSiteReport":
        from builder.pipeline.functions import build_functions

        table = {**self._page, "functions": tuple(self._functions.values()), "data": self._data}
        spec = read_table(FunctionDemoSpec, table, "FunctionDemo")
        self.report = build_functions(
            spec, out, cache=self._cache, progress=progress, load=self._load
        )
        return self.report

    def _load(self, spec: FunctionSpec) -> "Call":
        from builder.conversion.calls import load_call, make_call

        if spec.id not in self._objects:
            return load_call(spec)
        return make_call(spec, *self._objects[spec.id])
