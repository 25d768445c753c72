"""The model card of a tuned tower: what it learned from, and how well it finds pictures."""

from collections.abc import Iterator, Sequence

from builder.evaluation.score_table import format_share
from builder.tuning.cards import (
    describe_licenses,
    describe_tower,
    describe_training,
    describe_use,
    join,
    table,
)
from builder.tuning.tower_folder import MadeTower
from builder.tuning.tune_scores import TuneScores
from builder.tuning.work_folder import Facts


def write_tune_card(
    made: MadeTower, places: Sequence[str], pictures: int, settings: Facts, scores: TuneScores
) -> str:
    """The card, in Markdown. Every figure in it was computed in this run."""
    card = made.model.card
    head = (
        f"# A text tower tuned to {card.name}",
        f"The image tower of {card.name} ({card.image_tower}) was locked, and this text tower tuned"
        f" to its rows, as in [LiT](https://arxiv.org/abs/2111.07991). {describe_tower(made)}",
        describe_use(made),
        "## Scores",
    )
    trained = f"{pictures:,} captioned pictures were trained on: {', '.join(places)}."
    licenses = describe_licenses(card, "The licences of pictures and captions are their authors'.")
    return join((*head, *describe_scores(scores), *describe_training(settings), trained, *licenses))


def describe_scores(scores: TuneScores) -> Iterator[str]:
    """What was measured, a paragraph or table each."""
    ways = {"Text to image": scores.text_to_image, "Image to text": scores.image_to_text}
    yield table(
        (
            f"{scores.pictures:,} held-out pictures, {scores.captions:,} captions: recall in %",
            *scores.text_to_image,
        ),
        [(way, *map(format_share, shares.values())) for way, shares in ways.items()],
    )
    chances = (f"{k / scores.pictures:.1%} at {k}" for k in (1, 5))
    yield f"By chance, a caption would find its picture with a recall of {', '.join(chances)}."
    if scores.accuracy:
        yield (
            f"Zero-shot accuracy in %: {format_share(scores.accuracy)}; by chance"
            f" {100 / scores.classes:.1f} of {scores.classes:,} classes."
        )
