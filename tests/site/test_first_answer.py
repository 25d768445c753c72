"""What a page shows before its script has started."""

from pathlib import Path

import numpy as np
import pytest

from builder.manifest import SigmoidScoring, SoftmaxScoring
from builder.site.built_model import BuiltModel
from builder.site.bundle import Bundle
from builder.site.first_answer import FirstAnswer, answer_first_picture
from tests.site.builds import PROMPTS, built_model, bundle_demo


def answer(folder: Path, built: BuiltModel) -> FirstAnswer:
    return answer_first_picture(bundle_demo(folder, built))


def logits_of(built: BuiltModel) -> np.ndarray:
    zimg, ztxt = built.embeddings.zimg[0], built.embeddings.ztxt[: len(PROMPTS)]
    return built.model.scoring.scale * (ztxt @ zimg)


def test_shares_are_a_softmax_over_the_prompts_the_best_first(tmp_path: Path):
    built = built_model(dtype="float32")
    assert isinstance(built.model.scoring, SoftmaxScoring)
    exp = np.exp(logits_of(built))
    expected = dict(zip(PROMPTS, exp / exp.sum(), strict=True))
    found = answer(tmp_path, built).shares
    assert {share.text: share.probability for share in found} == pytest.approx(expected)
    assert found[0].probability == max(expected.values())


def test_each_prompt_is_judged_alone_by_a_sigmoid(tmp_path: Path):
    built = built_model(dtype="float32")
    built.model.scoring = SigmoidScoring(scale=2, bias=-1)  # pyright: ignore[reportAttributeAccessIssue]
    expected = dict(zip(PROMPTS, 1 / (1 + np.exp(1 - logits_of(built))), strict=True))
    found = {share.text: share.probability for share in answer(tmp_path, built).shares}
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(("percentile", "fits_none"), [(93.5, True), (94.5, False)])
def test_captions_may_fit_no_better_than_those_of_others(
    tmp_path: Path, percentile: float, fits_none: bool
):
    built = built_model(dtype="float32")
    data = bundle_demo(tmp_path, built)
    (model,) = data.manifest.models
    best = max(logits_of(built)) / model.scoring.scale
    # The best caption is above this percentile and below the next.
    chance = tuple(float(best + (i - percentile) / 100) for i in range(101))
    manifest = data.manifest.model_copy(
        update={"models": (model.model_copy(update={"chance": chance}),)}
    )
    found = answer_first_picture(Bundle(manifest, data.files))
    assert found.fits_none == fits_none


def test_words_that_the_model_does_not_read_are_told_apart(tmp_path: Path):
    data = bundle_demo(tmp_path, built_model(dtype="float32"))
    (model,) = data.manifest.models
    prompt = data.manifest.images[0].prompts[0]
    ends = model.model_copy(update={"unread": {prompt.id: prompt.text[-3:]}})
    manifest = data.manifest.model_copy(update={"models": (ends,)})
    found = answer_first_picture(Bundle(manifest, data.files))
    unread = {share.text: share.unread for share in found.shares}
    assert unread == {text: text[-3:] if text == prompt.text else "" for text in PROMPTS}
