"""The pipeline for a demo of functions. Only the last stage touches the output folder."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from builder.cache import Cache
from builder.conversion.calls import Call, load_call, parse_shape
from builder.conversion.page_function import ConvertedFunction, convert_function
from builder.file_names import find_flaw
from builder.function_manifest import ArrayRef, Function, FunctionGolden, FunctionInput
from builder.manifest import FunctionSiteManifest
from builder.pipeline.made import MadeSite, write_made
from builder.progress import Progress
from builder.site.budget import check_size
from builder.site.bundle import Bundle, describe_page
from builder.site.files import Files
from builder.site.folder import assemble_site, check_target
from builder.site.function_report import FunctionSiteReport, make_report
from builder.site.template import load_template
from builder.site.wishes import Sharing, read_sharing
from builder.spec.functions import FunctionDemoSpec, FunctionSpec
from builder.spec.types import slug
from builder.tfjs.graph import Array
from builder.tfjs.trace import narrow_dtype

LoadCall = Callable[[FunctionSpec], Call]


def build_functions(
    spec: FunctionDemoSpec,
    out: Path,
    *,
    cache: Cache,
    progress: Progress,
    load: LoadCall = load_call,
) -> FunctionSiteReport:
    """Build the site of a demo of functions, which `load` finds and calls, into the folder `out`.

    Raises:
        BuilderError: for anything that the author can fix; `out` is then unchanged.
    """
    check_target(out)
    made = make_functions(spec, cache=cache, progress=progress, load=load)
    return write_made(made, out, cache=cache, progress=progress)


def make_functions(
    spec: FunctionDemoSpec, *, cache: Cache, progress: Progress, load: LoadCall = load_call
) -> MadeSite[FunctionSiteReport]:
    """Compute the site of a demo of functions.

    Raises:
        BuilderError: for anything that the author can fix.
    """
    started = time.perf_counter()
    template, sharing = load_template(spec.template), read_sharing(spec.sharing)
    built = [
        convert_function(entry, cache=cache, progress=progress, load=load)
        for entry in spec.functions
    ]
    site = assemble_site(bundle_functions(spec, built, sharing), template)
    check_size(site.files, spec.max_bytes)
    seconds = time.perf_counter() - started
    converted = [function for _, function in built]
    report = make_report(
        site,
        template.app,
        converted,
        spec.max_bytes,
        progress.seconds,
        seconds,
        warnings=template.notes,
    )
    return MadeSite(site.files, report, (*template.notes_on(spec.language), *site.notes))


def bundle_functions(
    spec: FunctionDemoSpec,
    built: Sequence[tuple[Call, ConvertedFunction]],
    sharing: Sharing,
) -> Bundle[FunctionSiteManifest]:
    """Put a site's data together."""
    files = Files()
    manifest = FunctionSiteManifest(
        **describe_page(spec).model_dump(),
        functions=tuple(
            _describe(entry, call, converted, files)
            for entry, (call, converted) in zip(spec.functions, built, strict=True)
        ),
        data={
            name: files.add(f"data/{slug(name)}", _plain_suffix(path), path.read_bytes())
            for name, path in spec.data.items()
        },
    )
    return Bundle(manifest, files.content, sharing)


def _plain_suffix(path: Path) -> str:
    """A file's suffix, by which hosts know its type, unless it would not do in an address."""
    return "" if find_flaw(f"data{path.suffix}") else path.suffix


def _describe(
    spec: FunctionSpec, call: Call, converted: ConvertedFunction, files: Files
) -> Function:
    folder = f"functions/{spec.id}"

    def add_array(stem: str, array: Array) -> ArrayRef:
        dtype = narrow_dtype(array.dtype, stem)
        file = files.add(f"{folder}/{stem}", ".bin", array.astype(dtype).tobytes())
        return ArrayRef(**file.model_dump(), dtype=dtype, shape=array.shape)

    def add_arrays(stem: str, arrays: Sequence[Array]) -> tuple[ArrayRef, ...]:
        return tuple(add_array(f"{stem}-{index}", array) for index, array in enumerate(arrays))

    contents = dict(converted.files)
    return Function(
        id=spec.id,
        model=files.add(f"{folder}/model", ".json", contents.pop("model.json")),
        weights=tuple(files.add_as(f"{folder}/{name}", data) for name, data in contents.items()),
        inputs=tuple(
            FunctionInput(
                name=wanted.name,
                dtype=wanted.dtype,
                shape=parse_shape(wanted),
                range=wanted.range,
                labels=wanted.labels,
            )
            for wanted in spec.inputs
        ),
        outputs=converted.outputs,
        golden=FunctionGolden(
            inputs=add_arrays("sample-input", tuple(call.inputs.values())),
            outputs=add_arrays("sample-output", call.outputs),
            tolerance=converted.tolerance,
        ),
    )
