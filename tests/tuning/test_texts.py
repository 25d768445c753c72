"""Texts to learn from: files of the author's, a demo's prompts, the built-in corpus."""

from pathlib import Path

import pytest
from rich.console import Console

from builder.errors import BuilderError
from builder.progress import Progress
from builder.tuning import texts
from builder.tuning.texts import TextSource, assemble, built_in_texts, describe, read_texts


def test_a_text_file_has_a_text_on_each_line(tmp_path: Path):
    path = tmp_path / "texts.txt"
    path.write_text("\ufeffa cat\n\n  two   dogs \na cat\n", encoding="utf-8")
    source = read_texts(path)
    assert source.texts == ("a cat", "two dogs", "a cat")
    assert describe(source) == f"{path}: 3 texts, 1 of them more than once"


def test_a_csv_has_texts_in_the_columns_named_caption(tmp_path: Path):
    path = tmp_path / "captions.csv"
    path.write_text('file,caption1,caption2\na.jpg,a cat,"one, two"\nb.jpg,a dog,\n')
    assert read_texts(path).texts == ("a cat", "one, two", "a dog")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "\n \n", "has no text"),
        ("a.csv", "file,title\na.jpg,x\n", "a.csv:1: the columns are file, title.*caption"),
        ("a.csv", 'caption\n"open\n', "is damaged"),
        ("a.json", "[]", r"nothing is read from a file '\*.json'"),
        ("a.txt", None, "there is no such file"),
    ],
)
def test_a_file_without_texts_is_refused(
    tmp_path: Path, name: str, content: str | None, message: str
):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(BuilderError, match=message):
        read_texts(tmp_path / name)


def test_prompts_are_weighted_up_and_never_held_out():
    plain = tuple(f"text {i}" for i in range(200))
    prompts = ("text 0", "a prompt")
    sources = [TextSource("mine", plain, ""), TextSource("prompts", prompts, "", weight=20)]
    corpus = assemble(sources, seed=0)
    assert len(corpus.held_out) == 4
    assert not {*corpus.held_out} & {*corpus.texts}
    assert {*corpus.held_out, *corpus.texts} == {*plain, *prompts}
    weights = dict(zip(corpus.texts, corpus.weights.tolist(), strict=True))
    assert [weights.pop(prompt) for prompt in prompts] == [20, 20]
    assert set(weights.values()) == {1}
    assert assemble(sources, seed=0).texts == corpus.texts


def test_too_few_texts_are_refused():
    with pytest.raises(BuilderError, match="there are 3 texts besides the demo's prompts"):
        assemble([TextSource("mine", ("a", "b", "c"), "")], seed=0)


def test_without_a_connection_the_grammar_makes_captions_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> Path:
        raise BuilderError("no connection.")

    monkeypatch.setattr(texts, "fetch_source", refuse)
    console = Console(record=True, width=200)
    source = built_in_texts(tmp_path, 300, 10, 0, Progress(console))
    assert len(source.texts) > 200
    assert len(source.texts) == len(set(source.texts))
    assert "has captions alone. The rest cannot be had: no connection." in console.export_text()


def test_a_text_is_unseen_only_if_no_other_has_its_letters():
    texts = tuple(f"{word} {i}" for i in range(40) for word in ("Cat", "cat"))
    with_unique = (*texts, "a dog", "a boat", "a tree")
    corpus = assemble([TextSource("mine", with_unique, "")], seed=0)
    assert corpus.held_out
    assert {*corpus.held_out} <= {"a dog", "a boat", "a tree"}
