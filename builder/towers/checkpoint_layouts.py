"""All layouts of big_vision's checkpoints, read as one: that of its models today.

A layout is a plan, not a conversion: which slice of which array in the file belongs to which
parameter. Nothing is read to make it, and following it holds one array at a time besides the
parameters. Rules of the older layouts: big_vision's models/vit.py (`fix_old_checkpoints`,
`scan_to_pyloop`) and models/proj/image_text/text_transformer.py (`load`), and flax's
`training.checkpoints.convert_pre_linen`.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from builder.errors import NumberError, naming
from builder.npz import Entry
from builder.towers.checkpoint import Checkpoint, Weights

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """A slice of an array in the file, and the parameter that it belongs to.

    A parameter of several parts is their sum.
    """

    entry: str
    name: str
    shape: Shape
    index: tuple[int | slice, ...] = ()


_ROOTS = ("params/", "opt/target/")
_MAX_DEPTH = 1000
_MAX_LOG_SCALE = 80  # Of a factor that float32 can hold; models have about 5.


def plan_parts(entries: Mapping[str, Entry]) -> list[Part]:
    """All parameters in the file under the names that models have today.

    Whatever else the file holds, such as an optimizer's state, is left out.
    """
    root = next((r for r in _ROOTS if any(name.startswith(r) for name in entries)), "")
    parts = [
        Part(name, name.removeprefix(root), entry.shape)
        for name, entry in entries.items()
        if name.startswith(root)
    ]
    parts = _number_per_class(parts)
    parts = _rename_moved(parts)
    parts = list(_split_class_token(parts))
    return list(_unstack_blocks(parts))


def compare_shapes(parts: Sequence[Part], wanted: Mapping[str, Shape]) -> list[str]:
    """A line for each parameter that is missing, left over or of the wrong shape."""
    names = {part.name for part in parts}
    lines = [f"missing: {name} {shape}" for name, shape in wanted.items() if name not in names]
    for part in parts:
        stored = "" if part.entry.endswith(part.name) else f" (stored as {part.entry!r})"
        if part.name not in wanted:
            lines.append(f"left over: {part.name} {part.shape}{stored}")
        elif part.shape != wanted[part.name]:
            shapes = f"{part.shape} in the file, {wanted[part.name]} in the model"
            lines.append(f"wrong shape: {part.name} {shapes}{stored}")
    return lines


def read_parts(checkpoint: Checkpoint, parts: Iterable[Part]) -> dict[str, Weights]:
    """The parameters by name, each array of the file being read once.

    Raises:
        ModelError: if an array does not hold floating point numbers, or the file is damaged.
    """
    params: dict[str, Weights] = {}
    for entry, group in groupby(sorted(parts, key=lambda p: p.entry), key=lambda p: p.entry):
        array = checkpoint.read(entry)
        for part in group:
            piece = array[part.index]
            known = params.get(part.name)
            params[part.name] = piece if known is None else known + piece
    return params


def load_scoring(path: Path) -> tuple[float | None, float | None]:
    """What turns a cosine into a logit: a factor and a bias, each None if the file has none.

    Raises:
        ModelError: if the file cannot be read or could do harm.
    """
    with Checkpoint(path) as file:
        return read_scoring(file, plan_parts(file.entries))


def read_scoring(file: Checkpoint, parts: Iterable[Part]) -> tuple[float | None, float | None]:
    """The same for a file that is already open.

    Raises:
        ModelError: if they are not numbers that anything could be multiplied with.
    """
    scalars = [part for part in parts if part.name in ("t", "b") and math.prod(part.shape) == 1]
    values = read_parts(file, scalars)
    log_scale, bias = (values[name].item() if name in values else None for name in ("t", "b"))
    if log_scale is None:
        return None, bias
    with naming(file.path):
        return scale_of(log_scale, bias), bias


def scale_of(log_scale: float, bias: float | None) -> float:
    """The factor of cosines whose logarithm a file has.

    Raises:
        NumberError: if it and the bias are not numbers that anything could be multiplied with.
    """
    if not (abs(log_scale) < _MAX_LOG_SCALE and (bias is None or math.isfinite(bias))):
        raise NumberError(f"t = {log_scale} and b = {bias} are not a model's temperature and bias.")
    return math.exp(log_scale)


def _number_per_class(parts: Sequence[Part]) -> list[Part]:
    """Modules numbered within their class, as flax does since Linen, not among all siblings."""
    children: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        for parent, child in _modules(part.name):
            children[parent].add(child)
    numbers = {parent: _renumber(names) for parent, names in children.items()}

    def rename(name: str) -> str:
        *_, leaf = name.rpartition("/")
        modules = [numbers[parent].get(child, child) for parent, child in _modules(name)]
        return "/".join([*modules, leaf])

    return [replace(part, name=rename(part.name)) for part in parts]


def _modules(name: str) -> Iterator[tuple[str, str]]:
    """For "a/b/c" the modules above the array, each after its parent: ("", "a"), ("a", "b")."""
    *folders, _ = name.split("/")
    for depth, folder in enumerate(folders):
        yield "/".join(folders[:depth]), folder


def _renumber(siblings: Iterable[str]) -> dict[str, str]:
    # Only a class gives its name to a module and numbers it; other names were chosen.
    matches = [m for name in siblings if (m := re.fullmatch(r"([A-Z]\w*)_(\d+)", name))]
    numbered = sorted((int(m[2]), m[1], m[0]) for m in matches)
    if len({number for number, _, _ in numbered}) < len(numbered):
        return {}  # Two siblings have the same number, so it counts within the class.
    seen: Counter[str] = Counter()
    renamed: dict[str, str] = {}
    for _, kind, name in numbered:
        renamed[name] = f"{kind}_{seen[kind]}"
        seen[kind] += 1
    return renamed


_MOVED = (
    (r"img/Transformer/(posembed_input/)?pos_embedding", "img/pos_embedding"),
    (r"img/(probe|(MultiHeadDotProductAttention|LayerNorm|MlpBlock)_0/.*)", r"img/MAPHead_0/\1"),
)
"""Where parameters of the image tower used to be, and where they are now."""

_ADDED_TWICE = {"txt/Encoder_0/pos_embedding": "txt/pos_embedding"}
"""Some text towers were trained with a second position embedding, which was added as well."""


def _rename_moved(parts: Sequence[Part]) -> list[Part]:
    taken = {part.name for part in parts}

    def rename(name: str) -> str:
        if name in _ADDED_TWICE:
            return _ADDED_TWICE[name]
        for pattern, replacement in _MOVED:
            if match := re.fullmatch(pattern, name):
                moved = match.expand(replacement)
                return name if moved in taken else moved
        return name

    return [replace(part, name=rename(part.name)) for part in parts]


def _split_class_token(parts: Sequence[Part]) -> Iterator[Part]:
    """Positions of patches alone: in a square plus one, the first belongs to the class token."""
    has_token = any(part.name == "img/cls" for part in parts)
    for part in parts:
        match part:
            case Part(name="img/pos_embedding", shape=(1, n, d)) if n > 1 and _is_square(n - 1):
                rest = slice(1, None)
                yield replace(part, shape=(1, n - 1, d), index=(slice(None), rest))
                if has_token:
                    token = slice(0, 1)
                    yield Part(part.entry, "img/cls", (1, 1, d), (slice(None), token))
            case _:
                yield part


def _is_square(n: int) -> bool:
    return math.isqrt(n) ** 2 == n


def _unstack_blocks(parts: Sequence[Part]) -> Iterator[Part]:
    """Encoder blocks one by one, of a model that scans over them stacked."""
    for part in parts:
        match = re.fullmatch(r"(img/Transformer|txt/Encoder_0)/encoderblock/(.*)", part.name)
        if match and part.shape and part.shape[0] <= _MAX_DEPTH:
            depth, *shape = part.shape
            for i in range(depth):
                name = f"{match[1]}/encoderblock_{i}/{match[2]}"
                yield replace(part, name=name, shape=tuple(shape), index=(i,))
        else:
            yield part
