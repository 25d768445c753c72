from builder.models.published import published_models
from builder.towers.architecture import BERT, Architecture, read_architecture
from builder.towers.description import describe_image_tower, describe_text_tower


def describe(towers: Architecture, resolution: int, max_length: int) -> tuple[str, str]:
    assert towers.image
    image = describe_image_tower(towers.image, resolution)
    return image, describe_text_tower(towers.text, max_length)


def published(name: str) -> tuple[str, str]:
    model = published_models()[name]
    resolution, max_length = model.preprocessing.size, model.tokenizer.max_length
    return describe(read_architecture(model.config), resolution, max_length)


def test_known_towers_are_called_by_their_names():
    assert published("LiT-L16Ti") == (
        "ViT-L/16, 303 M parameters",
        "Transformer, 12 layers, width 192, 8.61 M parameters",
    )
    assert published("LiT-L16L")[1] == "BERT large, 335 M parameters"
    assert published("SigLIP2-g-opt16-256")[0] == "ViT-g-opt/16, 1.16 billion parameters"


def test_other_towers_are_called_by_their_sizes():
    small = {"width": 8, "depth": 2, "num_heads": 2}
    bert = {"hidden_size": 8, "intermediate_dim": 8, "num_hidden_layers": 2, "vocab_size": 10}
    config = {
        "image": {**small, "patch_size": (8, 4)},
        "text": {"config": {**bert, "num_attention_heads": 1, "max_length": 2}},
        "text_model": BERT,
        "out_dim": (None, 8),
    }
    assert describe(read_architecture(config), 16, 2) == (
        "ViT/8x4, 2 layers, width 8, 2.6 thousand parameters",
        "BERT, 2 layers, width 8, 1.13 thousand parameters",
    )
