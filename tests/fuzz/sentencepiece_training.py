"""SentencePiece models, trained on sentences in many scripts."""

import io
from typing import Any

import sentencepiece

from tests.fuzz.texts import real_texts


def train(**options: Any) -> bytes:
    """The content of a `.model` file."""
    model = io.BytesIO()
    settings: dict[str, Any] = {"bos_id": -1, **options}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(real_texts() * 3),
        model_writer=model,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
        **settings,
    )
    return model.getvalue()
