"""The joint space of the default model, and the teacher that places any text in it.

A teacher is any function from texts to target embeddings. The one made here
describes a text by the ImageNet classes it speaks of, because classes are all
that the locked image tower can tell: the text becomes a non-negative weight per
class, the image its log-probability per class, and their inner product says how
well they agree. Both are then projected to `DIM` dimensions.

Related: DeViSE (Frome et al., 2013) and ConSE (Norouzi et al., 2014).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from builder.tuning.imagenet import ImageNetClass
from builder.tuning.wordnet import Taxonomy, WordNet

Teacher = Callable[[Sequence[str]], np.ndarray]
"""Texts to target embeddings, unit rows `float32[n, d]`."""

DIM = 256
PROBABILITY_FLOOR = 0.002
"""Added to the image tower's class probabilities, which are noise below it."""
NAME_TEMPLATES = ("{}", "a photo of a {}.", "a {}")
NOUN_TEMPLATES = ("{}", "a photo of a {}")
DESCRIPTION_SHARE = 0.5
SENTENCE_SHARE = 0.4
SENTENCE_TEMPERATURE = 0.1
NOUN_TEMPERATURE = 0.08
INFORMATION_SHARE = 0.5
"""Weight of a nat of WordNet information, in the softmax over a noun's classes."""
IMAGINED_LOGIT = 8.0
"""Logit of its class for an imagined picture, which gives it three quarters of the probability."""


@dataclass
class ClassTeacher:
    """Weights over the classes of a text: those of the whole sentence and those of its nouns.

    Sentence and nouns are compared to the classes by MiniLM; nouns also by
    WordNet, which knows what MiniLM was never told (a kingfisher is a bird);
    `looks` has rows of class weights for words of which it knows better than both.
    """

    embed: Teacher
    wordnet: WordNet
    taxonomy: Taxonomy
    center: np.ndarray
    prototypes: np.ndarray
    looks: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])

    def __post_init__(self) -> None:
        self._nouns: dict[str, np.ndarray] = {}

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Unit rows `float32[n, classes]`, non-negative."""
        nouns = [self.wordnet.find_nouns(text, self.looks) for text in texts]
        self._learn_nouns(sorted({noun for found in nouns for noun in found}))
        sentence = _softmax(self._similarity(self.embed(texts)) / SENTENCE_TEMPERATURE)
        by_noun = np.stack(
            [sum((self._nouns[n] for n in found), np.zeros_like(sentence[0])) for found in nouns]
        )
        return normalize(
            SENTENCE_SHARE * normalize(sentence) + (1 - SENTENCE_SHARE) * normalize(by_noun)
        )

    def _learn_nouns(self, nouns: Sequence[str]) -> None:
        new = [noun for noun in nouns if noun not in self._nouns]
        self._nouns.update((noun, self.looks[noun]) for noun in new if noun in self.looks)
        new = [noun for noun in new if noun not in self.looks]
        if not new:
            return
        embedded = sum(self.embed([t.format(n) for n in new]) for t in NOUN_TEMPLATES)
        similarity = self._similarity(normalize(np.asarray(embedded)))
        information = np.stack([self.taxonomy.information(noun) for noun in new])
        weights = _softmax(INFORMATION_SHARE * information + similarity / NOUN_TEMPERATURE)
        # A noun counts for as much as the classes can say about it: "meadow" hardly at all.
        clarity = information.max(1) / self.taxonomy.most_specific + similarity.max(1)
        rows = normalize(weights) * np.maximum(clarity / 2, 0)[:, None] ** 2
        self._nouns.update(zip(new, rows, strict=True))

    def _similarity(self, embedded: np.ndarray) -> np.ndarray:
        return normalize(embedded - self.center) @ self.prototypes.T


def fit_center(embed: Teacher, classes: Sequence[ImageNetClass]) -> np.ndarray:
    """What all texts about classes have in common, `[d]`, and so says nothing."""
    return embed(class_texts(classes)).mean(0)


def fit_prototypes(embed: Teacher, classes: Sequence[ImageNetClass]) -> np.ndarray:
    """One row per class, from its name and its description: `[classes, d]`, centred unit rows."""
    names = sum(embed([t.format(c.name) for c in classes]) for t in NAME_TEMPLATES)
    descriptions = embed([c.description for c in classes])
    prototypes = normalize(normalize(np.asarray(names)) + DESCRIPTION_SHARE * descriptions)
    return normalize(prototypes - prototypes.mean(0))


def class_texts(classes: Sequence[ImageNetClass]) -> list[str]:
    """Every name and every description: what the space must tell apart."""
    return [*(name for c in classes for name in c.names), *(c.description for c in classes)]


@dataclass(frozen=True)
class Projection:
    """Maps of class weights and of class log-probabilities into the joint space: `[classes, d]`."""

    text: np.ndarray
    image: np.ndarray


def fit_projection(weights: np.ndarray, classifier: np.ndarray, dim: int = DIM) -> Projection:
    """The `dim` dimensions that keep most of the inner products of texts and images.

    `weights` are rows of class weights, `[n, classes]`; `classifier` holds the
    image tower's last layer, a row per class, whose correlations stand in for
    those of images that we do not have. The singular vectors of the product of
    both covariances' roots give the best approximation of that rank.
    """
    text_root, text_inverse = _square_root(weights.T @ weights)
    rows = normalize(classifier - classifier.mean(0))
    image_root, image_inverse = _square_root(rows @ rows.T)
    left, singular, right = np.linalg.svd(text_root @ image_root)
    scale = np.sqrt(singular[:dim])
    return Projection(
        np.asarray(text_inverse @ left[:, :dim] * scale, np.float32),
        np.asarray(image_inverse @ right[:dim].T * scale, np.float32),
    )


def imagine_pictures(
    classifier: np.ndarray, projection: Projection, pairs: int, seed: int
) -> np.ndarray:
    """zimg of pictures that nobody took: each class on its own, then random pairs of classes.

    `[classes + pairs, d]`. The features of a class are the direction of its row of the image
    tower's last layer, so that classes which look alike share its probability.
    """
    directions = normalize(classifier - classifier.mean(0))
    alone = _softmax(IMAGINED_LOGIT * directions @ directions.T)
    chosen = np.random.default_rng(seed).integers(len(alone), size=(pairs, 2))
    x = np.log(np.concatenate([alone, alone[chosen].mean(1)]) + PROBABILITY_FLOOR)
    return normalize((x - x.mean(1, keepdims=True)) @ projection.image).astype(np.float32)


def project_teacher(teacher: Teacher, projection: Projection) -> Teacher:
    """The teacher followed by the projection of texts, rows normalised again."""
    return lambda texts: normalize(teacher(texts) @ projection.text)


def _square_root(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A symmetric matrix's square root and the inverse of that root."""
    values, vectors = np.linalg.eigh(covariance)
    root = np.sqrt(np.maximum(values, 1e-9 * values[-1]))
    return (vectors * root) @ vectors.T, (vectors / root) @ vectors.T


def normalize(x: np.ndarray) -> np.ndarray:
    """Unit rows; a row of zeros stays zero."""
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def _softmax(x: np.ndarray) -> np.ndarray:
    exp = np.exp(x - x.max(1, keepdims=True))
    return exp / exp.sum(1, keepdims=True)
