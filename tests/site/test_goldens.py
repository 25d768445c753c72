"""Which texts a browser must reproduce."""

import numpy as np

from builder.site.built_model import row_id
from builder.site.goldens import GOLDEN_PROMPTS, GOLDEN_TEXTS, choose_goldens

PROMPTS = [f"prompt {place}" for place in range(GOLDEN_PROMPTS + 3)]


def test_goldens_are_of_the_first_prompts_and_of_all_hard_texts():
    texts = (*PROMPTS, *GOLDEN_TEXTS)
    tokens = np.arange(2 * len(texts), dtype=np.int32).reshape(-1, 2)
    goldens = choose_goldens(PROMPTS, texts, tokens)
    assert [golden.text for golden in goldens] == [*PROMPTS[:GOLDEN_PROMPTS], *GOLDEN_TEXTS]
    for golden in goldens:
        place = texts.index(golden.text)
        assert golden.tokens == (2 * place, 2 * place + 1)
        assert golden.row == row_id(golden.text)


def test_a_hard_text_that_is_a_prompt_too_is_one_golden():
    texts = GOLDEN_TEXTS
    tokens = np.zeros((len(texts), 2), np.int32)
    goldens = choose_goldens([GOLDEN_TEXTS[0]], texts, tokens)
    assert [golden.text for golden in goldens] == list(GOLDEN_TEXTS)


def test_hard_texts_are_hard():
    assert "" in GOLDEN_TEXTS
    assert any(len(text.split()) > 16 for text in GOLDEN_TEXTS), "one is cut off"
    assert any(ord(char) > 0xFFFF for text in GOLDEN_TEXTS for char in text)
    assert any(text != text.strip() for text in GOLDEN_TEXTS)
