"""Records what Hugging Face's BERT computes from random parameters.

Run as `PYTHONPATH=. python tests/golden/make_bert_golden.py` where the packages flax and
transformers 4.46 are installed; it rewrites bert.npz beside it: `params/...` as a text tower of
big_vision's has them, `tokens`, and `ztxt`: the hidden state of the first token, through the head,
with length 1. Token 0 is padding, which no other token attends to.
"""

from pathlib import Path
from typing import Any

import numpy as np
from flax.traverse_util import unflatten_dict
from transformers import (  # pyright: ignore[reportMissingImports]
    BertConfig,
    FlaxBertModel,
)

from tests.towers.big_vision_params import BERT, Flat, init_params

_NORM = ("scale", "bias")
_DENSE = ("kernel", "bias")
_LAYER = {
    "attention/self/query": "attention_block/attention_layer/query",
    "attention/self/key": "attention_block/attention_layer/key",
    "attention/self/value": "attention_block/attention_layer/value",
    "attention/output/dense": "attention_block/dense_layer",
    "attention/output/LayerNorm": "attention_block/layer_norm",
    "intermediate/dense": "mlp_block/mlp/dense_layer",
    "output/dense": "mlp_block/dense_layer",
    "output/LayerNorm": "mlp_block/layer_norm",
}
"""The modules of a layer by the names that transformers has for them, and flaxformer."""


def main() -> None:
    """Write bert.npz."""
    config: dict[str, Any] = BERT["text"]["config"]
    flat = {name: leaf for name, leaf in init_params(BERT).items() if name != "t"}
    model = FlaxBertModel(
        BertConfig(
            vocab_size=config["vocab_size"],
            hidden_size=config["hidden_size"],
            num_hidden_layers=config["num_hidden_layers"],
            num_attention_heads=config["num_attention_heads"],
            intermediate_size=config["intermediate_dim"],
            max_position_embeddings=config["max_length"],
            type_vocab_size=config["num_segments"],
            layer_norm_eps=config["layer_norm_epsilon"],
            hidden_act="gelu_new",
        ),
        _do_init=False,
        add_pooling_layer=False,
    )
    rng = np.random.default_rng(3)
    tokens = rng.integers(1, config["vocab_size"], (3, config["max_length"])).astype(np.int32)
    tokens[1, 5:] = 0
    tokens[2, 1:] = 0
    hidden = model(
        tokens,
        attention_mask=(tokens > 0).astype(np.int32),
        token_type_ids=np.zeros_like(tokens),
        params=unflatten_dict(rename(flat, config["num_hidden_layers"]), sep="/"),
    ).last_hidden_state
    rows = np.asarray(hidden)[:, 0] @ flat["txt/head/kernel"] + flat["txt/head/bias"]
    ztxt = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    arrays = {f"params/{name}": leaf for name, leaf in flat.items()}
    np.savez_compressed(
        Path(__file__).parent / "bert.npz",
        **arrays,  # pyright: ignore[reportArgumentType]
        tokens=tokens,
        ztxt=ztxt,
    )


def rename(flat: Flat, layers: int) -> Flat:
    """The parameters of the encoder under the names that transformers has for them."""
    encoder = "txt/BertEncoder_0"
    kinds = {"word": "token", "position": "position", "token_type": "segment"}
    names = {
        f"embeddings/{theirs}_embeddings/embedding": f"embedder/embedders_{ours}_ids/embedding"
        for theirs, ours in kinds.items()
    }
    names |= {f"embeddings/LayerNorm/{leaf}": f"layer_norm/{leaf}" for leaf in _NORM}
    for index in range(layers):
        ours = f"encoder_block/layer_sequence/layers_{index}"
        for module, place in _LAYER.items():
            for leaf in _NORM if module.endswith("LayerNorm") else _DENSE:
                names[f"encoder/layer/{index}/{module}/{leaf}"] = f"{ours}/{place}/{leaf}"
    return {theirs: flat[f"{encoder}/{name}"] for theirs, name in names.items()}


if __name__ == "__main__":
    main()
