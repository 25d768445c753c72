"""`convert_jax` with the name and the meaning it had in `tensorflowjs.converters`."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import Any, Literal

import jax
import jax.export
from rich.console import Console

from builder.conversion.callables import ABSENT, as_function
from builder.conversion.check import export_checked
from builder.conversion.extremes import ExtremeSample, draw_extremes
from builder.conversion.parity import MAX_ERROR, MIN_COSINE, Tolerance
from builder.conversion.predict import flatten_arguments
from builder.conversion.samples import Function, Sample
from builder.errors import BuilderError, ExportError, first_line, writing
from builder.progress import Advance, Progress
from builder.tfjs._compat import is_unknown_size
from builder.tfjs.export import export
from builder.tfjs.model import GraphModel
from builder.tfjs.quantize import Quantizations
from builder.tfjs.source import error_line
from builder.tfjs.trace import is_signature, split_signature

_LARGE_BYTES = 32 * 10**6
"""From so many bytes of parameters on, progress is shown."""


def convert_jax(
    apply_fn: Any,
    params: Any = ABSENT,
    *,
    input_signatures: Sequence[Any],
    model_dir: str | Path,
    polymorphic_shapes: Sequence[str | None] | None = None,
    quantization: Quantizations | Literal["auto"] = None,
    check: bool = True,
    samples: Sequence[Any] = (),
    max_error: float = MAX_ERROR,
    min_cosine: float = MIN_COSINE,
) -> GraphModel:
    """Convert `apply_fn(params, *inputs)` and write the graph model into `model_dir`.

    `apply_fn` may also be a module of Flax NNX or Equinox, which has its parameters inside, a
    function without parameters, or a Flax Linen module; all but the last leave `params` out.

    `input_signatures` gives shape and dtype of each input after `params`: `((None, 16), "int32")`
    with None for a size that varies, `("(b, 16)", "int32")` with a name for it, a ShapeDtypeStruct
    or a tf.TensorSpec. An input that is a pytree takes a pytree of these. `polymorphic_shapes`
    names the sizes that vary; "(b, ...)" names the first one. Inputs are named after the arguments
    of `apply_fn` and their place in them, outputs after their place in the result ("output" if it
    is a single array).

    Before it is written, the model is run in TensorFlow.js, under Node, and compared with JAX: on
    `samples` (arguments after `params`) or, without them, on random numbers, with 1, 2 and 5 for
    the sizes that vary, and on numbers at the ends of their dtypes. With float32 weights, no number
    may be off by more than `max_error` times the largest number of its output, or times 1 if that
    is larger; at the ends, where JAX itself is less certain, each may be off by that much more.
    With other weights, the cosine of every row to JAX's must be at least `min_cosine`.
    `check=False` writes the model unchecked.

    `quantization` stores the weights in fewer bytes, either all of them or by name. With "auto",
    each takes the fewest bytes that keep the direction of the outputs for `samples` to
    `min_cosine`, and their greatest numbers in place; `select_quantization` says how well they are
    kept.

    Raises:
        ExportError: if the function uses something that TensorFlow.js cannot run.
        ParityError: if the model does not compute what JAX computes. Nothing is written then.
        BuilderError: if the folder cannot be written.
    """
    applied = as_function(apply_fn, params)
    if not isinstance(input_signatures, list | tuple):
        raise ExportError(
            f"input_signatures is {input_signatures!r}; give a list with one signature for each"
            " input, such as [('(b, 16)', 'float32')]."
        )
    # Not everyone checks types.
    if not isinstance(model_dir, str | Path):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ExportError(f"model_dir is {model_dir!r}; name a folder.")
    signatures = _name_all_sizes(list(input_signatures), polymorphic_shapes)
    inputs = dict(zip(applied.name_inputs(len(signatures)), signatures, strict=True))
    if quantization == "auto" and not check:
        raise ExportError('quantization="auto" has to compare outputs. Remove check=False.')
    if quantization == "auto" and not samples:
        raise ExportError(
            'quantization="auto" has to compare outputs, but there are no samples. Give some for'
            f" the {len(inputs)} inputs ({', '.join(inputs)})."
        )
    with _told_as_error(), _show_progress(applied.params) as advance:
        if check:
            function = Function(applied.apply, applied.params, signatures)

            def make_samples(model: GraphModel) -> Sequence[Sample]:
                if not samples:
                    return function.draw_samples(model.inputs, model.outputs)
                return [
                    function.make_sample(flatten_arguments(samples), model.inputs, model.outputs)
                ]

            def make_extremes(model: GraphModel) -> Sequence[ExtremeSample]:
                return () if samples else draw_extremes(function, model.inputs, model.outputs)

            model = export_checked(
                applied.apply,
                applied.params,
                inputs,
                None,
                make_samples,
                make_extremes=make_extremes,
                quantization=quantization,
                tolerance=Tolerance(max_error, min_cosine),
                advance=advance,
            ).model
        else:
            assert quantization != "auto", "refused above"
            model = export(applied.apply, applied.params, inputs, quantization=quantization)
    with writing(Path(model_dir), "Name another model_dir."):
        model.save(Path(model_dir))
    return model


@contextmanager
def _show_progress(params: Any) -> Generator[Advance]:
    """Progress of the three steps of a conversion, on stderr, if there is much to convert."""
    size = sum(getattr(leaf, "nbytes", 0) for leaf in jax.tree.leaves(params))
    if size < _LARGE_BYTES:
        yield lambda _: None
        return
    title = f"Convert {size / 1e6:,.0f} MB of parameters"
    with Progress(Console(stderr=True)).step(title, 3) as advance:
        yield advance


@contextmanager
def _told_as_error() -> Generator[None]:
    """Tell what JAX or the function itself raises in one sentence.

    Raises:
        ExportError: instead of any exception but ours, which is chained to it.
    """
    try:
        yield
    except (BuilderError, MemoryError):
        raise
    except Exception as error:
        line = error_line(error)
        raise ExportError(
            f"{line + ': ' if line else ''}JAX cannot trace the function with these inputs: "
            f"{first_line(error)}{_way_out(error)}"
        ) from error


def _way_out(error: Exception) -> str:
    """What may help where a function treats what is traced as if it were known."""
    if is_unknown_size(error):
        found = "a size that varies is compared. Give it a number in the signature, as in (8, 16)."
    elif isinstance(error, jax.errors.TracerBoolConversionError):
        found = "choose with jnp.where or jax.lax.cond, and loop with jax.lax.while_loop."
    elif isinstance(error, jax.errors.JAXTypeError):
        found = "use jax.numpy, not numpy, int() or float(), on what is computed from the inputs."
    else:
        return ""
    return f"\n    Way out: {found}"


def _name_all_sizes(signatures: Sequence[Any], texts: Sequence[Any] | None) -> Sequence[Any]:
    if texts is None:
        return signatures
    if len(texts) != len(signatures):
        raise ExportError(
            f"{len(texts)} polymorphic shapes were given for {len(signatures)} inputs."
        )
    return [
        signature if text is None else _name_sizes(str(text), signature)
        for text, signature in zip(texts, signatures, strict=True)
    ]


def _name_sizes(text: str, signature: Any) -> tuple[str, Any]:
    """A signature whose shape is `text`, with "..." and "_" filled in from the known sizes."""
    if not is_signature(signature):
        raise ExportError(
            f"{text!r} names the sizes of one array; {signature!r} describes several."
        )
    shape, dtype = split_signature(signature)
    try:
        dims = jax.export.symbolic_shape(text, like=tuple(shape))
    except (ValueError, TokenError) as error:
        raise ExportError(
            f"{text!r} does not describe the shape {tuple(shape)}: {error}"
        ) from error
    return ",".join(map(str, dims)), dtype
