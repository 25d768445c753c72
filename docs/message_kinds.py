"""The kinds of messages, by the rooms of `builder/` that they come from, and what helps with each.

The remedy of a single message is in the message itself; here stands what holds for all of a kind.
"""

from dataclasses import dataclass

INTRODUCTION = """\
A command that cannot go on says so in one message: the file, the value, and what to do. Here are
the messages by kind, with what helps beyond that. `…` stands for what depends on your files, such
as a name or a number.

The list is read from the program's source and is complete as far as that goes: it has the
{listed} messages that stand there in one piece, from every module that raises an error. Another
{elsewhere} places put theirs together from the messages of others, such as several mistakes of a
`demo.toml`. Not listed are what the commands say of their own words (`Usage: …`), what JAX, Git,
the hub and the system add, and what pages tell their visitors.

"This is a bug in lit-demo" has no place here: that message says where the traceback is and how to
report it. For trouble without a message, see [When something goes
wrong](../how-to/troubleshoot.md)."""


@dataclass(frozen=True)
class Kind:
    """A section of the page: its heading, whose messages it has, and what helps."""

    title: str
    rooms: tuple[str, ...]
    advice: str


KINDS = (
    Kind(
        "demo.toml and tables",
        ("spec/", "validation.py", "csv_rows.py", "parquet.py"),
        "All mistakes of a file are reported at once, each with its line, and the site stays as"
        " it was. Every key is in [demo.toml](demo-toml.md); `lit-demo new DIR` writes a file"
        " that works, to compare yours with. [`lit-demo dev`](../how-to/edit.md) shows mistakes"
        " while you type.",
    ),
    Kind(
        "Starting from pictures",
        ("drafting/", "project.py"),
        "`lit-demo new --from` and `suggest` write nothing if they stop. [Start from your"
        " pictures](../how-to/start.md) says what they take.",
    ),
    Kind(
        "Pictures",
        ("images/",),
        "The message comes with the line of `demo.toml` that names the picture. If a picture"
        " cannot be read, open it in the program that wrote it and export it again as JPEG or"
        " PNG. Phones' HEIC files are read as they are ([which formats](../how-to/pictures.md)).",
    ),
    Kind(
        "Models and checkpoints",
        ("models/", "towers/", "model.py"),
        "`lit-demo inspect FILE` says what a checkpoint holds, and `lit-demo models` which ones"
        " have a name. [Bring a model](../how-to/models.md) has a table to copy for every"
        " family.",
    ),
    Kind(
        "Your own code and parameters",
        ("author_code.py", "params.py", "models/author.py", "models/precomputed/"),
        "Modules are looked for in the folder of `demo.toml` first. To see where your code"
        " fails, set `LIT_DEMO_DEBUG=1`, which prints the traceback.",
    ),
    Kind(
        "Downloads",
        (
            "download/",
            "models/fetch.py",
            "models/hub/download.py",
            "models/hub/repository.py",
            "models/hub/store.py",
            "models/hub/selection.py",
        ),
        "What has arrived is kept, so run the command again. Without a network, use [files that"
        " you bring](../how-to/no-network.md).",
    ),
    Kind(
        "Vocabularies and tokenizers",
        ("text/",),
        "A tokenizer is refused if its ids could differ from those that the model was trained"
        " with. [Tokenizers](../how-to/models.md#tokenizers) says which are read.",
    ),
    Kind(
        "Conversion to TensorFlow.js",
        ("tfjs/", "conversion/"),
        "The message names the primitive, the shapes and your line. [Convert a"
        " function](../how-to/convert.md) shows ways around, and [Primitives](primitives.md)"
        " what is refused. If what was exported computes something else than JAX, nothing is"
        " written; the message says which input gave which numbers.",
    ),
    Kind(
        "Embedding",
        ("embedding/",),
        "Rows are computed on the machine's accelerators if JAX sees any"
        " ([Accelerators](../how-to/accelerators.md)).",
    ),
    Kind(
        "Many pictures",
        ("gallery/",),
        "`lit-demo embed` keeps the shards that are whole: run it again to go on. Pictures that"
        " cannot be read are listed in a file of its own ([Show many"
        " pictures](../how-to/many-pictures.md)).",
    ),
    Kind(
        "Sites",
        ("site/", "pipeline/", "replacement.py", "resources.py"),
        "A site is what a build wrote, with the hash of every file. If one is missing or"
        " changed, build again; other files in the folder are left alone ([what you can rely"
        " on](../explanation/trust.md)).",
    ),
    Kind(
        "While you edit",
        ("dev/",),
        "These are shown in the page as well, and go when they are mended ([See what you"
        " edit](../how-to/edit.md)).",
    ),
    Kind(
        "Publishing, serving and checking",
        ("publish/",),
        "Nothing is published in part: run the command again when the cause is gone. [Publish a"
        " site](../how-to/publish.md) has a section for every host.",
    ),
    Kind(
        "Notebooks",
        ("notebook/",),
        "`builder.Demo` raises these at the call that has the mistake ([in a"
        " notebook](../how-to/notebook.md)).",
    ),
    Kind(
        "Scoring and measuring",
        ("evaluation/", "benchmark/"),
        "See [Score models](../how-to/evaluate.md) and [Measure speed](../how-to/benchmark.md).",
    ),
    Kind(
        "Distilling and tuning",
        ("tuning/", "commands/training.py"),
        "Training goes on where it stopped when the same command is run again. See [Distil a"
        " text tower](../how-to/distil.md) and [Tune a text tower](../how-to/tune.md).",
    ),
    Kind(
        "Files and the machine",
        ("errors.py", "locks.py", "commands/"),
        "Any command may end with `FILE: there is no such file`, `cannot be read`, `cannot be"
        " written` or `is damaged or of another kind`: the file named in front is the one that the"
        " system refuses, and what follows is what to do. The cache can be moved with"
        " `--cache-dir`, and `lit-demo cache info` says how much it holds.",
    ),
)
