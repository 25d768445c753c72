"""The figures of a demo of functions, counted from the files themselves."""

import io
import json

from rich.console import Console

from builder.conversion.page_function import ConvertedFunction
from builder.conversion.parity import Parity
from builder.function_manifest import Function, FunctionGolden, FunctionInput
from builder.manifest import FunctionSiteManifest
from builder.site.bundle import describe_page
from builder.site.files import refer
from builder.site.folder import MANIFEST, PAGE, Site
from builder.site.function_report import FunctionSiteReport, make_report
from builder.spec.page import PageSpec
from tests.site.builds import APP

CONVERTED = ConvertedFunction(
    files={}, outputs=("y",), ops=5, quantization="uint8", float32_max_abs_error=1e-7,
    parity=Parity(3e-3, 0.9995, 3e-3), tolerance=0.1,
)  # fmt: skip
FILES = {f"functions/{name}/{part}": f"{name} {part}".encode() for name in ("first", "second")
         for part in ("model.json", "w.bin", "in.bin", "out.bin")}  # fmt: skip


def describe(name: str) -> Function:
    model, weights, given, wanted = (
        refer(f"functions/{name}/{part}", FILES[f"functions/{name}/{part}"])
        for part in ("model.json", "w.bin", "in.bin", "out.bin")
    )
    arrays = [{**file.model_dump(), "dtype": "float32", "shape": (1,)} for file in (given, wanted)]
    return Function(
        id=name,
        model=model,
        weights=(weights,),
        inputs=(FunctionInput(name="x", dtype="float32", shape=(1,), range=None, labels=()),),
        outputs=("y",),
        golden=FunctionGolden.model_validate(
            {"inputs": (arrays[0],), "outputs": (arrays[1],), "tolerance": 0.1}
        ),
    )


def report() -> FunctionSiteReport:
    page = describe_page(PageSpec(title="Numbers", description="Some."))
    manifest = FunctionSiteManifest(
        **page.model_dump(), functions=(describe("first"), describe("second")), data={}
    )
    files = {**FILES, **APP.files, PAGE: b"page", MANIFEST: b"manifest"}
    return make_report(
        Site(manifest, files), APP, [CONVERTED, CONVERTED], 10_000, {"Convert": 1.0}, 3.25
    )


def test_a_visitor_downloads_the_page_what_computes_and_the_first_function():
    page = [b"page", b"manifest", *APP.files.values()]
    elsewhere = sum(len(APP.files[url]) for url in (APP.visitor_language, *APP.catalogues.values()))
    first = [data for url, data in FILES.items() if "/first/" in url]
    assert report().bytes_before_first_answer == sum(map(len, page + first)) - elsewhere
    assert report().budget.bytes_per_visit == report().bytes_before_first_answer
    assert report().total_bytes == sum(map(len, [*page, *FILES.values()]))


def test_each_function_is_described_with_its_parity():
    first, second = report().functions
    assert (first.id, second.id) == ("first", "second")
    assert first.bytes == sum(len(data) for url, data in FILES.items() if "/first/" in url)
    assert (second.graph_nodes, second.quantization) == (5, "uint8")
    assert second.float32_max_abs_error == 1e-7
    assert second.parity.min_cosine == 0.9995


def test_a_person_sees_a_row_for_each_function():
    output = io.StringIO()
    report().show(Console(file=output, width=40))
    lines = [line.split() for line in output.getvalue().splitlines()]
    assert ["second", "0.00", "MB", "5", "1.0e-07", "3.0e-03", "0.999500"] in lines
    assert output.getvalue().endswith("Built in 3.2 s.\n")


def test_the_file_has_every_figure():
    content = json.loads(report().to_json())
    assert content["functions"][0]["parity"]["relative_error"] == 3e-3
    assert (content["budget"]["max_bytes"], content["step_seconds"]) == (10_000, {"Convert": 1.0})
