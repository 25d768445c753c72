"""Which slice of which array is which parameter; test_two_towers.py reads whole models."""

from collections.abc import Mapping

import numpy as np

from builder.npz import Entry
from builder.towers.checkpoint_layouts import Part, compare_shapes, plan_parts


def plan(shapes: Mapping[str, tuple[int, ...]]) -> list[Part]:
    float32 = np.dtype(np.float32)
    entries = {k: Entry(k, shape, float32, False, 0) for k, shape in shapes.items()}
    return plan_parts(entries)


def names(*stored: str) -> list[str]:
    return [part.name for part in plan(dict.fromkeys(stored, (4,)))]


def test_what_lies_beside_the_parameters_is_left_out():
    assert names("params/t", "opt/0/count", "image") == ["t"]
    assert names("opt/target/t", "opt/state/step") == ["t"]
    assert names("t", "image") == ["t", "image"]


def test_modules_numbered_among_all_siblings_are_numbered_within_their_class():
    old = ("LayerNorm_0", "Attention_1", "LayerNorm_2", "Mlp_10")
    now = ("LayerNorm_0", "Attention_0", "LayerNorm_1", "Mlp_0")
    assert names(*(f"a/{name}/bias" for name in old)) == [f"a/{name}/bias" for name in now]
    nested = names("Encoder_1/Mlp_3/bias", "Embed_0/x", "Encoder_1/Norm_4/bias")
    assert nested == ["Encoder_0/Mlp_0/bias", "Embed_0/x", "Encoder_0/Norm_0/bias"]


def test_modules_numbered_within_their_class_keep_their_numbers():
    for gap in (("LayerNorm_1", "Mlp_1"), ("LayerNorm_0", "LayerNorm_2", "Mlp_0")):
        stored = [f"a/{name}/bias" for name in gap]
        assert names(*stored) == stored


def test_names_that_are_no_classes_keep_their_numbers():
    stored = ["txt/Encoder_0/encoderblock_0/a", "txt/Encoder_0/encoderblock_2/a", "x/layers_7/a"]
    assert names(*stored) == stored


def test_a_class_token_in_front_of_the_positions_becomes_part_of_the_token():
    parts = plan({"img/cls": (1, 1, 8), "img/Transformer/posembed_input/pos_embedding": (1, 10, 8)})
    token, positions, merged = parts
    assert (token.name, positions.name, merged.name) == ("img/cls", "img/pos_embedding", "img/cls")
    table = np.arange(80).reshape(1, 10, 8)
    np.testing.assert_array_equal(table[positions.index], table[:, 1:])
    np.testing.assert_array_equal(table[merged.index], table[:, :1])
    assert positions.shape == (1, 9, 8)
    assert merged.shape == token.shape


def test_positions_that_make_a_square_are_all_of_patches():
    (part,) = plan({"img/pos_embedding": (1, 9, 8)})
    assert (part.shape, part.index) == ((1, 9, 8), ())


def test_a_second_table_of_positions_in_the_image_tower_is_left_over():
    shapes = {"img/pos_embedding": (1, 4, 8), "img/Transformer/pos_embedding": (1, 4, 8)}
    assert compare_shapes(plan(shapes), {"img/pos_embedding": (1, 4, 8)}) == [
        "left over: img/Transformer/pos_embedding (1, 4, 8)"
    ]


def test_stacked_blocks_are_taken_apart():
    parts = plan({"txt/Encoder_0/encoderblock/LayerNorm_0/bias": (3, 8)})
    assert [(part.name, part.shape, part.index) for part in parts] == [
        (f"txt/Encoder_0/encoderblock_{i}/LayerNorm_0/bias", (8,), (i,)) for i in range(3)
    ]


def test_a_stack_of_absurd_depth_is_left_over_as_it_is():
    # An empty array may claim any depth without a byte in the file.
    shapes = {"img/Transformer/encoderblock/x/bias": (10**12, 0)}
    assert compare_shapes(plan(shapes), {}) == [
        "left over: img/Transformer/encoderblock/x/bias (1000000000000, 0)"
    ]
