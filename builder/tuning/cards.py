"""Parts that the model cards of all towers have, in Markdown."""

from collections.abc import Iterator, Mapping, Sequence

from builder.evaluation.retrieval import RetrievalEvaluation
from builder.evaluation.score_table import format_share
from builder.model import ModelCard
from builder.params import flatten_params
from builder.towers.description import format_count
from builder.tuning.tower_folder import CURVES, MadeTower
from builder.version import NAME, __version__

Cells = Sequence[str]


def join(parts: Sequence[str]) -> str:
    """Paragraphs, tables and headings as a file."""
    return "\n\n".join(parts) + "\n"


def table(head: Cells, rows: Sequence[Cells]) -> str:
    """A table whose first column is text and whose others are aligned to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(map(_escape, row))} |" for row in (head, rule, *rows))


def describe_tower(made: MadeTower) -> str:
    """Sizes of the tower in a sentence."""
    count = sum(leaf.size for leaf in flatten_params(made.params).values())
    tower = made.tower
    return (
        f"It is a transformer of {tower.depth} layers and width {tower.width} with"
        f" {format_count(count)}, which a page stores as float16 in {count * 2 / 1e6:.1f} MB. It"
        f" reads {made.length} tokens of a vocabulary of {tower.vocab_size:,}, and folds case."
    )


def describe_use(made: MadeTower) -> str:
    """How a demo names the tower."""
    return join(
        (
            "## Use",
            "Name this folder beside the model that it was made for; pictures keep their rows:",
            f"```toml\n[[models]]\n# the keys that say which model {made.model.id} is, then:\n"
            'text_tower = "this folder"\n```',
        )
    ).rstrip()


def describe_training(settings: Mapping[str, str | int | float]) -> Iterator[str]:
    """The options of the training, and its curves."""
    yield "## Training"
    options = " ".join(f"--{name} {value}" for name, value in settings.items())
    yield f"Made by {NAME} {__version__} with `{options}`."
    yield f"![Figures over steps]({CURVES})"


def describe_licenses(card: ModelCard, texts: str) -> Iterator[str]:
    """Whose licences the weights are under."""
    source = f" ({card.source})" if card.source else ""
    yield "## Licence"
    yield (
        f"The weights were learned from the model {card.name}{source}, whose licence is:"
        f" {card.license}. {texts} Whoever publishes the tower must heed these licences."
    )


def tabulate_recall(found: RetrievalEvaluation) -> Iterator[str]:
    """Recall of the models side by side, both ways."""
    size = f"{found.images} pictures, {found.captions} captions"
    ways = (("Text to image", "text_to_image"), ("Image to text", "image_to_text"))
    for title, name in ways:
        rows = [(row.model.id, getattr(row, name)) for row in found.models]
        head = (f"{title}, recall in %: {size}", *rows[0][1])
        yield table(head, [(model, *map(format_share, shares.values())) for model, shares in rows])


def _escape(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")
