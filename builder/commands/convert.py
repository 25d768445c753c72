"""Convert a function."""

from pathlib import Path
from typing import get_args

import click

from builder.commands import PATH
from builder.options import Choice, Converter


@click.command()
@click.argument("target", metavar="MODULE:FUNCTION")
@click.option(
    "--params", type=PATH, required=True, help="Parameters: an npz file with keys like a/b/c."
)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    required=True,
    help="Shape and dtype of an input, like '(b, 16):int32' or 'tokens=(b, 16):int32'.",
)
@click.option("-o", "--out", type=PATH, required=True, help="Folder for the graph model.")
@click.option(
    "--quantize",
    type=click.Choice(get_args(Choice)),
    help="How to store the weights; auto uses the fewest bytes that keep --min-cosine.",
)
@click.option("--min-cosine", default=0.9999, show_default=True, help="Least cosine to JAX's rows.")
@click.option("--max-bytes", type=click.IntRange(min=1), help="Largest size of the model in bytes.")
@click.option(
    "--converter",
    type=click.Choice(get_args(Converter)),
    default="native",
    show_default=True,
    help="tensorflowjs is the converter of that package, for comparison.",
)
def convert(
    target: str,
    params: Path,
    inputs: tuple[str, ...],
    out: Path,
    quantize: Choice | None,
    min_cosine: float,
    max_bytes: int | None,
    converter: Converter,
) -> None:
    """Convert the JAX function MODULE:FUNCTION, called with params and inputs, to TensorFlow.js.

    Before the model is written, it is run in TensorFlow.js and compared with JAX on random inputs.
    """
    from builder.conversion.command import convert_function

    converted = convert_function(
        target,
        params,
        inputs,
        out,
        quantization=quantize,
        min_cosine=min_cosine,
        max_bytes=max_bytes,
        converter=converter,
    )
    model, parity = converted.model, converted.parity
    click.echo(
        f"Wrote {out}: {len(model.ops)} ops, {model.bytes:,} bytes, in {converted.seconds:.1f} s."
        f" Against JAX: max abs error {parity.max_abs_error:.1e},"
        f" min cosine {parity.min_cosine:.7f}."
    )
    if model.needs_async:
        click.echo("It has loops or branches, so call executeAsync() instead of execute().")
    for problem in converted.problems:
        click.echo(f"Note: {problem}")
