import pytest

from builder.manifest import CanonicalizationStep
from builder.text.canonicalization import canonicalize


@pytest.mark.parametrize(
    ("steps", "text", "canonical"),
    [
        ((), "a \ud83d b \udc36 🐶", "a \ufffd b \ufffd 🐶"),
        (("lower-ascii",), "ÀÉ Sigma ΟΔΟΣ", "ÀÉ sigma ΟΔΟΣ"),
        (("lower",), "ÀÉ ΟΔΟΣ İI ẞ 𐐀", "àé οδοσ i̇i ß 𐐨"),
        (("strip-punctuation",), "don't_stop: (now)!", "dont stop now"),
        (("collapse-spaces",), "\u3000 a\t\u0085\u001c b\u00a0", "a b"),
        (("collapse-spaces",), "a\ufeffb", "a\ufeffb"),
        (
            ("strip-punctuation", "lower", "collapse-spaces"),
            " An_ICE-cream  van! ",
            "an icecream van",
        ),
    ],
)
def test_steps_are_taken_in_their_order(
    steps: tuple[CanonicalizationStep, ...], text: str, canonical: str
):
    assert canonicalize(text, steps) == canonical
