"""What a model's rows are called."""

from builder.site.built_model import row_id


def test_the_same_text_has_the_same_row_in_every_model():
    assert row_id("a cat") == row_id("a cat")
    assert len({row_id(text) for text in ("a cat", "A cat", "a cat ", "")}) == 4
