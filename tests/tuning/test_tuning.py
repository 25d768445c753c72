"""The recipe of the default text towers, on toy classes, toy nouns and a toy teacher."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import jax.numpy as jnp
import numpy as np
import pytest
import sentencepiece as spm

from builder.errors import BuilderError
from builder.params import Params, flatten_params
from builder.text.captions import expand
from builder.towers.text_transformer import TextTransformer
from builder.tuning.calibrate import choose_captions, find_scale, softmax
from builder.tuning.corpus import MAX_WORDS, make_corpus
from builder.tuning.imagenet import ImageNetClass
from builder.tuning.looks import make_looks, read_looks
from builder.tuning.losses import Bank, agreement_loss, distillation_loss
from builder.tuning.sources import Source, fetch_source
from builder.tuning.student import (
    SEQ_LEN,
    embed_pieces,
    init_student,
    load_tokenizer,
    train_student,
    train_tokenizer,
)
from builder.tuning.teacher import (
    ClassTeacher,
    Projection,
    fit_center,
    fit_projection,
    fit_prototypes,
    imagine_pictures,
    normalize,
)
from builder.tuning.training import Report, Training
from builder.tuning.wordnet import Taxonomy, WordNet
from builder.tuning.work import remember_array, write_atomically

DATA_NOUN = """\
  1 a licence, indented
00000001 05 n 01 animal 0 000 | a living thing
00000002 05 n 02 cat 0 true_cat 0 001 @ 00000001 n 0000 | a feline; "she has a cat"
00000003 05 n 01 dog 0 001 @ 00000001 n 0000 | a canine
00000004 05 n 01 wild_dog 0 001 @ 00000003 n 0000 | a dog that nobody owns
00000005 06 n 01 hammer 0 000 | a tool
00000006 09 n 01 idea 0 000 | the content of cognition
"""
INDEX_NOUN = """\
  1 a licence, indented
animal n 1 0 1 0 00000001
cat n 1 1 @ 1 0 00000002
dog n 1 1 @ 1 0 00000003
hammer n 1 0 1 0 00000005
idea n 1 0 1 0 00000006
true_cat n 1 1 @ 1 0 00000002
wild_dog n 1 1 @ 1 0 00000004
"""
CLASSES = (
    ImageNetClass("cat", ("cat",), ("cat", "true cat"), "n00000002", "A furry animal that purrs."),
    ImageNetClass("dog", ("dog",), ("dog",), "n00000003", "A loyal animal that barks."),
    ImageNetClass("hammer", ("hammer",), ("hammer",), "n00000005", "A tool with a heavy head."),
)
TEXTS = [f"{a} {b} {c}" for a in ("red", "blue") for b in ("cat", "dog") for c in ("sits", "runs")]


@pytest.fixture
def wordnet(tmp_path: Path) -> WordNet:
    folder = tmp_path / "package/dict"
    folder.mkdir(parents=True)
    (folder / "data.noun").write_text(DATA_NOUN, "utf-8")
    (folder / "index.noun").write_text(INDEX_NOUN, "utf-8")
    return WordNet(tmp_path)


def embed_letters(texts: Sequence[str]) -> np.ndarray:
    """A toy sentence embedding: how often each letter occurs."""
    counts = [[text.lower().count(chr(97 + i)) for i in range(26)] for text in texts]
    return normalize(np.array(counts, np.float32))


def test_nouns_are_found_by_their_longest_compound_and_in_the_singular(wordnet: WordNet) -> None:
    assert wordnet.find_nouns("Two wild dogs chase a cat.") == ["wild dog", "cat"]


def test_nouns_that_no_camera_sees_are_left_out(wordnet: WordNet) -> None:
    assert wordnet.find_nouns("an idea of a hammer") == ["hammer"]


def test_words_that_wordnet_lacks_are_found_if_they_are_known(wordnet: WordNet) -> None:
    assert wordnet.find_nouns("Skateboarders down a wild dog", {"skateboarder", "down"}) == [
        "skateboarder",
        "wild dog",
    ]


def test_nearer_classes_share_more_information(wordnet: WordNet) -> None:
    cat, dog, hammer = Taxonomy(wordnet, CLASSES).information("wild dog")
    assert dog == pytest.approx(np.log(3))
    assert cat == pytest.approx(np.log(3 / 2))
    assert hammer == 0


def make_teacher(wordnet: WordNet, looks: dict[str, np.ndarray]) -> ClassTeacher:
    return ClassTeacher(
        embed_letters,
        wordnet,
        Taxonomy(wordnet, CLASSES),
        fit_center(embed_letters, CLASSES),
        fit_prototypes(embed_letters, CLASSES),
        looks,
    )


def test_the_teacher_weighs_the_class_that_a_text_names_most(wordnet: WordNet) -> None:
    teacher = make_teacher(wordnet, {})
    weights = teacher(["a photo of a cat", "the wild dogs", "hammers", "something else"])
    assert weights.argmax(1)[:3].tolist() == [0, 1, 2]
    assert (weights >= 0).all()
    np.testing.assert_allclose(np.linalg.norm(weights, axis=1), 1, atol=1e-6)


def test_the_teacher_knows_what_words_without_a_class_look_like(wordnet: WordNet) -> None:
    hammer = np.array([0, 0, 1], np.float32)
    without = make_teacher(wordnet, {})(["a zygote", "a wild dog"])
    looking = make_teacher(wordnet, {"zygote": hammer, "wild dog": hammer})
    weights = looking(["a zygote", "a wild dog"])
    assert (weights[:, 2] > without[:, 2] + 0.1).all()
    assert weights[0].argmax() == 2


def test_looks_are_written_for_kinds_of_words_and_name_each_word_once() -> None:
    looks = read_looks()
    assert set(looks) == {"people", "things", "settings", "landmarks", "qualities"}
    words = [word for kind in looks.values() for word in kind]
    assert len(words) == len(set(words)) > 500
    assert all(
        word == word.strip().lower() and names for k in looks.values() for word, names in k.items()
    )
    assert "stove" in looks["things"]["kitchen"]


def test_looks_of_unknown_classes_are_refused() -> None:
    with pytest.raises(BuilderError, match=r"looks\.toml: 'man': no class is called 'suit'"):
        make_looks(CLASSES)


def test_looks_count_for_less_when_they_are_only_the_setting() -> None:
    names = {name for kind in read_looks().values() for row in kind.values() for name in row}
    classes = [ImageNetClass(name, (name,), (name,), "n1", name) for name in sorted(names)]
    looks = make_looks(classes)
    classes_of_a_kitchen = {classes[i].name for i in np.flatnonzero(looks["kitchen"])}
    assert classes_of_a_kitchen == set(read_looks()["things"]["kitchen"])
    lengths = [float(np.linalg.norm(looks[word])) for word in ("kitchen", "woman", "street")]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == pytest.approx(1)


def test_imagined_pictures_resemble_the_classes_they_show() -> None:
    classifier = np.array([[1, 0, 0, 0], [0.9, 0.1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], np.float32)
    same = Projection(np.eye(4, dtype=np.float32), np.eye(4, dtype=np.float32))
    zimg = imagine_pictures(classifier, same, pairs=3, seed=0)
    assert zimg.shape == (7, 4)
    np.testing.assert_allclose(np.linalg.norm(zimg, axis=1), 1, atol=1e-5)
    assert zimg[2:4].argmax(1).tolist() == [2, 3]
    assert zimg[0] @ zimg[1] > 0.9 > zimg[0] @ zimg[2]


def test_a_bank_asks_for_the_teachers_scores_of_pictures() -> None:
    teacher, zimg = np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32)
    bank = Bank(zimg, scale=4, weight=0.5)
    assert float(agreement_loss(jnp.asarray(teacher), jnp.asarray(teacher), bank)) == pytest.approx(
        0
    )
    swapped = jnp.asarray(teacher[::-1].copy())
    p = 1 / (1 + np.exp(-4))
    expected = (2 * p - 1) * 4
    assert float(agreement_loss(swapped, jnp.asarray(teacher), bank)) == pytest.approx(
        expected, rel=1e-5
    )
    both = float(distillation_loss(swapped, jnp.asarray(teacher), bank))
    assert both == pytest.approx(1 + 0.5 * expected, rel=1e-5)


def test_the_projection_keeps_inner_products_when_it_has_enough_dimensions() -> None:
    rng = np.random.default_rng(0)
    weights, classifier = rng.random((40, 6)), rng.normal(size=(6, 20))
    images = rng.normal(size=(5, 20)) @ normalize(classifier - classifier.mean(0)).T
    full = fit_projection(weights, classifier, dim=6)
    products = (weights @ full.text) @ (images @ full.image).T
    np.testing.assert_allclose(products, weights @ images.T, atol=1e-3)


def test_the_projection_loses_less_with_more_dimensions() -> None:
    rng = np.random.default_rng(0)
    weights, classifier = rng.random((40, 8)), rng.normal(size=(8, 20))
    images = rng.normal(size=(30, 20)) @ normalize(classifier - classifier.mean(0)).T

    def loss(dim: int) -> float:
        projection = fit_projection(weights, classifier, dim)
        products = (weights @ projection.text) @ (images @ projection.image).T
        return float(np.square(products - weights @ images.T).mean())

    assert loss(2) > loss(4) > loss(7)


def test_the_corpus_is_the_same_for_the_same_seed_only(wordnet: WordNet) -> None:
    def corpus(seed: int) -> list[str]:
        return make_corpus(CLASSES, wordnet, captions=50, glosses=3, seed=seed)

    assert corpus(1) == corpus(1)
    assert corpus(1) != corpus(2)


def test_the_corpus_is_varied_and_short(wordnet: WordNet) -> None:
    texts = make_corpus(CLASSES, wordnet, captions=2000, glosses=3, seed=0)
    assert len(texts) == len(set(texts)) > 1500
    assert {"cat", "A furry animal that purrs."} <= set(texts)
    assert max(len(text.split()) for text in texts) <= MAX_WORDS
    assert len({word for text in texts for word in text.split()}) > 700
    assert not any("{" in text for text in texts)


def test_sentences_have_the_right_article() -> None:
    grammar = {"s": ("a {n}",), "n": ("owl", "two owls", "hen")}
    made = {expand("s", grammar, Random(seed)) for seed in range(60)}
    assert made == {"an owl", "two owls", "a hen"}


@pytest.mark.long
def test_a_student_starts_as_a_bag_of_the_teachers_words() -> None:
    model = train_tokenizer(TEXTS, vocab_size=300)
    params = init_student(small_tower(), embed_pieces(model, embed_letters), seed=0)
    tokenizer = spm.SentencePieceProcessor(model_proto=model)
    embedding = np.asarray(params["Embed_0"]["embedding"])
    head = np.asarray(params["head"]["kernel"])
    piece = tokenizer.PieceToId("\u2581cat")
    np.testing.assert_allclose(
        normalize(embedding[[piece]] @ head), embed_letters(["cat"]), atol=1e-5
    )


@pytest.mark.long
def test_training_lowers_the_loss(tmp_path: Path) -> None:
    reports: list[Report] = []
    train(tmp_path / "student", Training(steps=200, batch=4, warmup=5), reports)
    assert [report.step for report in reports] == [100, 200]
    assert reports[1].loss < reports[0].loss / 2


@pytest.mark.long
def test_an_interrupted_training_ends_like_an_uninterrupted_one(tmp_path: Path) -> None:
    training = Training(steps=150, batch=4, warmup=5)
    whole = train(tmp_path / "whole", training, [])

    def interrupt(report: Report) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "parts", training, interrupt)
    resumed: list[Report] = []
    parts = train(tmp_path / "parts", training, resumed)
    assert [report.step for report in resumed] == [100, 150]
    for name, leaf in flatten_params(whole).items():
        np.testing.assert_array_equal(leaf, flatten_params(parts)[name], err_msg=name)


def test_rows_end_with_the_end_token_even_when_the_text_is_long() -> None:
    tokenizer = load_tokenizer(train_tokenizer(TEXTS, vocab_size=300))
    rows = tokenizer(["cat", "dog " * 40, ""])
    assert rows.shape == (3, SEQ_LEN)
    assert rows[:, -1].tolist() == [1, 1, 1]
    assert (rows[2] == 1).all()


def test_the_tokenizer_folds_case_and_spells_out_unknown_letters() -> None:
    tokenizer = load_tokenizer(train_tokenizer(TEXTS, vocab_size=300))
    upper, lower, unknown = tokenizer(["RED Cat", "red cat", "red \u6f22"])
    np.testing.assert_array_equal(upper, lower)
    assert 2 not in unknown


def test_a_file_of_the_work_folder_appears_only_when_complete(tmp_path: Path) -> None:
    def interrupt() -> None:
        with write_atomically(tmp_path / "a") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert not (tmp_path / "a").exists()


def test_an_array_is_made_once(tmp_path: Path) -> None:
    made = [remember_array(tmp_path / "a.npy", lambda i=i: np.array(i)) for i in range(2)]
    assert [int(array) for array in made] == [0, 0]


def test_a_source_with_other_bytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thing-1.whl").write_bytes(b"not what was expected")
    with pytest.raises(BuilderError, match=r"thing-1\.whl: sha256 is .* delete it"):
        fetch_source(Source("thing-1.whl", "0" * 64, ("false",)), tmp_path)


def test_a_source_that_cannot_be_fetched_is_reported_with_its_command(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match=r"thing-1\.whl: `no-such-command now` failed"):
        fetch_source(Source("thing-1.whl", "0" * 64, ("no-such-command", "now")), tmp_path)


def small_tower() -> TextTransformer:
    return TextTransformer(26, width=26, depth=1, mlp_dim=32, num_heads=2, vocab_size=300)


def train(
    checkpoint: Path, training: Training, report: list[Report] | Callable[[Report], None]
) -> Params:
    """A student of `embed_letters`; `report` collects the progress or is called with it."""
    model = train_tokenizer(TEXTS, vocab_size=300)
    return train_student(
        small_tower(),
        init_student(small_tower(), embed_pieces(model, embed_letters), training.seed),
        load_tokenizer(model)(TEXTS),
        embed_letters(TEXTS),
        training,
        checkpoint,
        report.append if isinstance(report, list) else report,
    ).params


def test_the_scale_is_found_at_which_the_model_is_as_sure_as_it_is_right() -> None:
    rng = np.random.default_rng(0)
    cosines = rng.normal(0, 0.1, (4000, 5))
    # The first caption is drawn with the probabilities of scale 12, then put first.
    drawn = [rng.choice(5, p=p) for p in softmax(cosines, 12)]
    rows = [np.append(row[i], np.delete(row, i)) for row, i in zip(cosines, drawn, strict=True)]
    assert find_scale(np.stack(rows)) == pytest.approx(12, abs=1)


def test_every_group_of_captions_starts_with_the_right_one() -> None:
    groups = choose_captions(np.eye(6), np.eye(6), repeats=3)
    assert groups.shape == (18, 5)
    assert (groups == [1, 0, 0, 0, 0]).all()
