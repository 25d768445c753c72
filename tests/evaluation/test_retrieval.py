"""Finding pictures by captions, and captions by pictures."""

from pathlib import Path
from typing import Any

import pytest

from builder.evaluation.data import load_captioned_images
from builder.evaluation.models import load_models
from builder.evaluation.retrieval import evaluate_retrieval
from builder.evaluation.scores import wilson_share
from tests.evaluation.colours import COLOURS, make_colour_model, paint
from tests.shared import CAPTIONS, needs


def test_recall_is_counted_both_ways(tmp_path: Path, tools: dict[str, Any]) -> None:
    lines = ["file,caption"]
    for name, colour in COLOURS.items():
        paint(tmp_path / f"{name}.png", colour)
        lines.append(f"{name}.png,something {name}")
    lines.append("red.png,a green mistake")
    path = tmp_path / "captions.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    scores = evaluate_retrieval([make_colour_model()], load_captioned_images(path), **tools)
    assert (scores.images, scores.captions) == (3, 4)
    (row,) = scores.models
    assert row.text_to_image == {"R@1": wilson_share(3 / 4, 3)}
    # The green picture finds its own caption and the mistake at the same cosine: a tie.
    assert row.image_to_text == {"R@1": wilson_share(2 / 3, 3)}


@pytest.mark.long
@needs(CAPTIONS)
def test_the_default_models_score_as_their_model_card_says(tools: dict[str, Any]) -> None:
    models = load_models(["mini-tiny", "mini-small"], **tools)
    scores = evaluate_retrieval(models, load_captioned_images(CAPTIONS, 1), **tools)
    found = {
        row.model.id: [round(share.value, 3) for share in (*row.text_to_image.values(),)]
        for row in scores.models
    }
    assert found == {"mini-tiny": [0.549, 0.961, 1.0], "mini-small": [0.627, 0.98, 0.98]}
