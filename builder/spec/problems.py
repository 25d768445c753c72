"""Problems in `demo.toml`, each with its place in the file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import ErrorDetails

from builder.errors import Problem
from builder.spec.lines import find_line, index_lines
from builder.validation import Finding, Hints, Location, explain_errors


@dataclass(frozen=True)
class Places:
    """Where the tables and keys of a file are: its lines, counted from 1."""

    path: Path
    lines: Mapping[Location, int]

    @classmethod
    def read(cls, path: Path, text: str) -> "Places":
        """The places of a TOML file with that text."""
        return cls(path, index_lines(text))

    def name(self, location: Location) -> str:
        """A location in words, such as `demo.toml:12: images[3].file`."""
        line = find_line(self.lines, location)
        where = f"{self.path}:{line}" if line else str(self.path)
        key = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in location)
        return f"{where}: {key.lstrip('.')}"


def place_findings(places: Places, findings: Iterable[Finding]) -> list[Problem]:
    """The findings with the lines they are about, in the order of the file."""
    in_order = sorted(findings, key=lambda finding: find_line(places.lines, finding.location) or 0)
    return [
        Problem(places.name(finding.location), finding.message, finding.remedy)
        for finding in in_order
    ]


def explain_spec_errors(
    details: Iterable[ErrorDetails], known_keys: Callable[[Location], list[str]]
) -> Iterator[Finding]:
    """Say what pydantic found in a `demo.toml`, with an example for the key."""
    return explain_errors(details, known_keys, Hints(_EXAMPLES, _PATTERNS))


_PATTERNS = {
    "id": "made of lower-case letters, digits and hyphens",
    "language": "a language tag",
    "shape": "a shape in parentheses",
    "name": "a name of letters, digits and underscores",
}

_EXAMPLES = {
    "title": 'title = "Which sentence fits the picture?"',
    "description": 'description = "A kitten asleep on a blue sofa."',
    "language": 'language = "en"',
    "links": '[[links]] with label = "Paper" and url = "https://..."',
    "label": 'label = "Paper"',
    "url": 'url = "https://arxiv.org/abs/2111.07991"',
    "models": '[[models]] with name = "mini-small"',
    "name": 'name = "mini-small"',
    "quantization": 'quantization = "float16"',
    "image_encoder": 'image_encoder = "on-device"',
    "converter": 'converter = "native"',
    "resize": 'resize = "tf-bilinear"',
    "checkpoint": 'checkpoint = "LiT-L16Ti.npz"',
    "towers": 'towers = "my_package.my_module:make_towers"',
    "precomputed": 'precomputed = "data/models/tiny"',
    "architecture": "[models.architecture] with image, text and out_dim as in big_vision",
    "tokenizer": '[models.tokenizer] with vocabulary = "vocabulary.model"',
    "vocabulary": 'vocabulary = "vocabulary.model"',
    "kind": 'kind = "sentencepiece"',
    "max_length": "max_length = 16",
    "end_id": "end_id = 1",
    "pad_id": "pad_id = 1",
    "canonicalization": 'canonicalization = ["lower-ascii"]',
    "resolution": "resolution = 224",
    "scoring": 'scoring = "softmax"',
    "languages": 'languages = ["en"]',
    "card": '[models.card] with name = "My model"',
    "image_tower": 'image_tower = "ViT-B/16"',
    "text_tower": 'text_tower = "BERT base"',
    "max_bytes": "max_bytes = 1_000_000_000",
    "offline": "offline = false",
    "sharing": '[sharing] with address = "https://you.github.io/demo/"',
    "address": 'address = "https://you.github.io/demo/"',
    "icon": 'icon = "icon.png"',
    "font": 'font = "NotoSansJP-Regular.otf"',
    "base_url": 'base_url = "https://storage.googleapis.com/my-bucket/demo/"',
    "template": 'template = "function"',
    "functions": '[[functions]] with function = "my_module:apply"',
    "function": 'function = "my_module:apply"',
    "params": 'params = "params.npz"',
    "inputs": '[[functions.inputs]] with name = "x" and shape = "(b, 2)"',
    "shape": 'shape = "(b, 2)"',
    "dtype": 'dtype = "float32"',
    "range": "range = [0, 1]",
    "labels": 'labels = ["width", "height"]',
    "samples": 'samples = "samples.npz"',
    "min_cosine": "min_cosine = 0.9999",
    "data": 'data = { mistakes = "mistakes.json" }',
    "defaults": '[defaults] with license = "CC0-1.0"',
    "prompt_sets": '[[prompt_sets]] with name = "Colours" and prompts = ["red", "blue"]',
    "visitor_language": "visitor_language = true",
    "prompt_table": 'prompt_table = "prompts.csv"',
    "images": '[[images]] with file = "images/cat.jpg"',
    "gallery": '[gallery] with pictures = "photos/**/*.jpg"',
    "pictures": 'pictures = "photos/**/*.jpg"',
    "max_failures": "max_failures = 100",
    "file": 'file = "images/cat.jpg"',
    "id": 'id = "cat"',
    "prompts": 'prompts = ["a cat on a sofa", "a dog on a sofa"]',
    "author": 'author = "Ada Lovelace"',
    "license": 'license = "CC0-1.0"',
    "source": 'source = "https://commons.wikimedia.org/..."',
    "focal_point": "focal_point = [0.5, 0.3]",
    "crop": "crop = [0, 40, 480, 520]",
}
