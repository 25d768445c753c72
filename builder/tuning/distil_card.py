"""The model card of a distilled tower: what it is made of, and how near it is to its teacher."""

from collections.abc import Iterator

from builder.tuning.cards import (
    describe_licenses,
    describe_tower,
    describe_training,
    describe_use,
    join,
    table,
    tabulate_recall,
)
from builder.tuning.distil_scores import DistilScores
from builder.tuning.texts import Corpus
from builder.tuning.tower_folder import MadeTower
from builder.tuning.work_folder import Facts


def write_distil_card(
    made: MadeTower, corpus: Corpus, settings: Facts, scores: DistilScores
) -> str:
    """The card, in Markdown. Every figure in it was computed in this run."""
    card = made.model.card
    head = (
        f"# A small text tower for {card.name}",
        f"It was distilled from the text tower of {card.name} ({card.text_tower}), from texts"
        f" alone. {describe_tower(made)}",
        describe_use(made),
        "## Scores",
    )
    texts = table(
        ("Texts", "Number", "Times in an epoch", "Licence"),
        [(s.name, f"{len(s.texts):,}", str(s.weight), s.license) for s in corpus.sources],
    )
    licenses = describe_licenses(card, "The licences of the texts are in the table above.")
    trained = (
        f"{len(corpus.texts):,} distinct texts were trained on, {len(corpus.held_out):,} held out."
    )
    training = (*describe_training(settings), texts, trained)
    return join((*head, *describe_scores(scores), *training, *licenses))


def describe_scores(scores: DistilScores) -> Iterator[str]:
    """What was measured, a paragraph or table each."""
    yield (
        f"Mean cosine to the teacher's rows on {scores.texts:,} unseen texts: {scores.mean:.4f};"
        f" 95 % of them have more than {scores.lowest:.4f}."
    )
    if found := scores.agreement:
        yield (
            f"The best prompt of a picture is the teacher's for {found.same} of the demo's"
            f" {found.pictures} pictures. The mean cosine on its prompts is {found.cosine:.4f};"
            " the tower was trained on them."
        )
    if scores.retrieval:
        yield from tabulate_recall(scores.retrieval)
        if scores.seen:
            yield f"{scores.seen} of these captions were also among the training texts."
