"""Names of parameters in the files of transformers and open_clip, as rules for our towers.

Sources: the modelling files of transformers 4.53 and 5.24 (clip, siglip, vit) and open_clip 3.3
(transformer.py, modified_resnet.py).
"""

from collections.abc import Iterator

from builder.towers.fusion import Branch, Fusion
from builder.towers.modified_resnet import EXPANSION, ModifiedResNet
from builder.towers.renaming import Rule, convolution, dense, norm

_ATTENTION = "MultiHeadDotProductAttention_0"
_PARTS = ("query", "key", "value")

BUFFERS = (r".*\.position_ids", r".*\.num_batches_tracked")
"""Entries of older files that are no parameters."""


def clip_image(prefix: str = "vision_model") -> list[Rule]:
    """CLIP's image tower in transformers, without its projection."""
    start = f"{prefix}.embeddings"
    return [
        Rule(f"{start}.class_embedding", "img/cls"),
        *_positions_with_token(f"{start}.position_embedding.weight"),
        Rule(f"{start}.patch_embedding.weight", "img/embedding/kernel", "convolution"),
        *norm(f"{prefix}.pre_layrnorm", "img/pre_norm"),
        *_clip_blocks(f"{prefix}.encoder.layers.{{}}", "img/Transformer"),
        # As version 5 of transformers writes AltCLIP.
        *_clip_blocks(f"{prefix}.encoder.layer.{{}}", "img/Transformer"),
        *norm(f"{prefix}.post_layernorm", "img/Transformer/encoder_norm"),
    ]


def clip_text(prefix: str = "text_model") -> list[Rule]:
    """CLIP's and SigLIP's text tower in transformers, without its projection."""
    start = f"{prefix}.embeddings"
    return [
        Rule(f"{start}.token_embedding.weight", "txt/Embed_0/embedding"),
        Rule(f"{start}.position_embedding.weight", "txt/pos_embedding"),
        *_clip_blocks(f"{prefix}.encoder.layers.{{}}", "txt/Encoder_0"),
        *norm(f"{prefix}.final_layer_norm", "txt/Encoder_0/encoder_norm"),
    ]


def projections(text: str) -> list[Rule]:
    """The projections of transformers' two-tower models, and their temperature."""
    return [
        *dense("visual_projection", "img/head", bias=False),
        *dense("text_projection", text, bias=False),
        Rule("logit_scale", "t"),
    ]


def siglip() -> list[Rule]:
    """SigLIP and SigLIP 2 of fixed resolution in transformers."""
    head, pool = "vision_model.head", "img/MAPHead_0"
    return [
        Rule(
            "vision_model.embeddings.patch_embedding.weight", "img/embedding/kernel", "convolution"
        ),
        Rule("vision_model.embeddings.patch_embedding.bias", "img/embedding/bias"),
        Rule("vision_model.embeddings.position_embedding.weight", "img/pos_embedding"),
        *_clip_blocks("vision_model.encoder.layers.{}", "img/Transformer"),
        *norm("vision_model.post_layernorm", "img/Transformer/encoder_norm"),
        Rule(f"{head}.probe", f"{pool}/probe"),
        *_fused_attention(f"{head}.attention", f"{pool}/{_ATTENTION}"),
        *norm(f"{head}.layernorm", f"{pool}/LayerNorm_0"),
        *dense(f"{head}.mlp.fc1", f"{pool}/MlpBlock_0/Dense_0"),
        *dense(f"{head}.mlp.fc2", f"{pool}/MlpBlock_0/Dense_1"),
        *clip_text(),
        *dense("text_model.head", "txt/head"),
        Rule("logit_scale", "t"),
        Rule("logit_bias", "b"),
    ]


def vit_image(prefix: str = "vision_model") -> list[Rule]:
    """ViT in transformers, with its pooler."""
    start, block = f"{prefix}.embeddings", f"{prefix}.encoder.layer.{{}}"
    ours = "img/Transformer/encoderblock_{}"
    return [
        Rule(f"{start}.cls_token", "img/cls"),
        Rule(f"{start}.position_embeddings", "img/cls", place=(slice(None), slice(0, 1))),
        Rule(
            f"{start}.position_embeddings", "img/pos_embedding", place=(slice(None), slice(1, None))
        ),
        Rule(f"{start}.patch_embeddings.projection.weight", "img/embedding/kernel", "convolution"),
        Rule(f"{start}.patch_embeddings.projection.bias", "img/embedding/bias"),
        *norm(f"{block}.layernorm_before", f"{ours}/LayerNorm_0"),
        *(
            rule
            for part in _PARTS
            for rule in dense(f"{block}.attention.attention.{part}", f"{ours}/{_ATTENTION}/{part}")
        ),
        *dense(f"{block}.attention.output.dense", f"{ours}/{_ATTENTION}/out"),
        *norm(f"{block}.layernorm_after", f"{ours}/LayerNorm_1"),
        *dense(f"{block}.intermediate.dense", f"{ours}/MlpBlock_0/Dense_0"),
        *dense(f"{block}.output.dense", f"{ours}/MlpBlock_0/Dense_1"),
        *norm(f"{prefix}.layernorm", "img/Transformer/encoder_norm"),
        *dense(f"{prefix}.pooler.dense", "img/pre_logits"),
    ]


def open_clip_image(*, after_pool: bool) -> list[Rule]:
    """open_clip's own image transformer; `after_pool` has the last norm after pooling."""
    last = "img/post_norm" if after_pool else "img/Transformer/encoder_norm"
    return [
        Rule("visual.class_embedding", "img/cls"),
        *_positions_with_token("visual.positional_embedding"),
        Rule("visual.conv1.weight", "img/embedding/kernel", "convolution"),
        *norm("visual.ln_pre", "img/pre_norm"),
        *_open_clip_blocks("visual.transformer.resblocks.{}", "img/Transformer"),
        *norm("visual.ln_post", last),
        Rule("visual.proj", "img/head/kernel"),
    ]


def open_clip_resnet() -> list[Rule]:
    """open_clip's ModifiedResNet once its batch norms are part of its convolutions."""
    pool = "visual.attnpool"
    return [
        *(rule for i in "123" for rule in convolution(f"visual.conv{i}.fused", f"img/conv{i}")),
        *(
            rule
            for part in ("conv1", "conv2", "conv3", "downsample")
            for rule in convolution(
                f"visual.layer{{}}.{{}}.{part}.fused", f"img/layer{{}}_{{}}/{part}"
            )
        ),
        Rule(f"{pool}.positional_embedding", "img/attnpool/pos_embedding"),
        *(
            rule
            for part in _PARTS
            for rule in dense(f"{pool}.{part[0]}_proj", f"img/attnpool/attention/{part}")
        ),
        *dense(f"{pool}.c_proj", "img/attnpool/attention/out"),
    ]


def open_clip_resnet_fusions(tower: ModifiedResNet) -> list[Fusion]:
    """The convolutions of a ModifiedResNet and the batch norms after them."""
    half, width = tower.width // 2, tower.width
    columns = [3, half, half, width]
    fusions = [
        _fuse(f"visual.conv{i}", f"visual.conv{i}", f"visual.bn{i}", columns[i], columns[i - 1], 3)
        for i in (1, 2, 3)
    ]
    before = width
    for stage, count in enumerate(tower.blocks):
        planes = width * 2**stage
        after = planes * EXPANSION
        for i in range(count):
            block = f"visual.layer{stage + 1}.{i}"
            units = [("conv1", planes, before, 1), ("conv2", planes, planes, 3)]
            for unit, out, inputs, size in (*units, ("conv3", after, planes, 1)):
                name = f"{block}.{unit}"
                fusions.append(_fuse(name, name, name.replace("conv", "bn"), out, inputs, size))
            if i == 0 and (stage > 0 or before != after):
                name = f"{block}.downsample"
                fusions.append(_fuse(name, f"{name}.0", f"{name}.1", after, before, 1))
            before = after
    return fusions


def _fuse(unit: str, source: str, normalization: str, out: int, inputs: int, size: int) -> Fusion:
    branch = Branch(source, size, norm=normalization)
    return Fusion(f"{unit}.fused", (out, inputs, size, size), (branch,))


def open_clip_text(prefix: str, *, projection_bias: bool) -> list[Rule]:
    """open_clip's own text transformer: at the root of the file, or below "text."."""
    projection = (
        dense(f"{prefix}text_projection", "txt/head")
        if projection_bias
        else [Rule(f"{prefix}text_projection", "txt/head/kernel")]
    )
    return [
        Rule(f"{prefix}token_embedding.weight", "txt/Embed_0/embedding"),
        Rule(f"{prefix}positional_embedding", "txt/pos_embedding"),
        *_open_clip_blocks(f"{prefix}transformer.resblocks.{{}}", "txt/Encoder_0"),
        *norm(f"{prefix}ln_final", "txt/Encoder_0/encoder_norm"),
        *projection,
        *open_clip_scoring(),
    ]


def open_clip_scoring() -> list[Rule]:
    """What turns cosines into logits."""
    return [Rule("logit_scale", "t"), Rule("logit_bias", "b")]


def _positions_with_token(source: str) -> list[Rule]:
    """A table of positions whose first row belongs to the class token, to which it is added."""
    return [
        Rule(source, "img/cls", place=(slice(0, 1),)),
        Rule(source, "img/pos_embedding", place=(slice(1, None),)),
    ]


def _clip_blocks(block: str, encoder: str) -> Iterator[Rule]:
    ours = f"{encoder}/encoderblock_{{}}"
    yield from norm(f"{block}.layer_norm1", f"{ours}/LayerNorm_0")
    for part in (*_PARTS, "out"):
        name = part if part == "out" else part[0]
        yield from dense(f"{block}.self_attn.{name}_proj", f"{ours}/{_ATTENTION}/{part}")
    yield from norm(f"{block}.layer_norm2", f"{ours}/LayerNorm_1")
    yield from dense(f"{block}.mlp.fc1", f"{ours}/MlpBlock_0/Dense_0")
    yield from dense(f"{block}.mlp.fc2", f"{ours}/MlpBlock_0/Dense_1")


def _open_clip_blocks(block: str, encoder: str) -> Iterator[Rule]:
    ours = f"{encoder}/encoderblock_{{}}"
    yield from norm(f"{block}.ln_1", f"{ours}/LayerNorm_0")
    yield from _fused_attention(f"{block}.attn", f"{ours}/{_ATTENTION}")
    yield from norm(f"{block}.ln_2", f"{ours}/LayerNorm_1")
    yield from dense(f"{block}.mlp.c_fc", f"{ours}/MlpBlock_0/Dense_0")
    yield from dense(f"{block}.mlp.c_proj", f"{ours}/MlpBlock_0/Dense_1")


def _fused_attention(source: str, target: str) -> Iterator[Rule]:
    """torch.nn.MultiheadAttention, which stores query, key and value in one."""
    for place, part in enumerate(_PARTS):
        share = (place, 3)
        yield Rule(f"{source}.in_proj_weight", f"{target}/{part}/kernel", "linear", share)
        yield Rule(f"{source}.in_proj_bias", f"{target}/{part}/bias", "keep", share)
    yield from dense(f"{source}.out_proj", f"{target}/out")


def bert_text(prefix: str = "text_model") -> list[Rule]:
    """BERT, RoBERTa and XLM-R in transformers, without what comes after the pooler."""
    start, block, ours = f"{prefix}.embeddings", f"{prefix}.encoder.layer.{{}}", "txt/block_{}"
    return [
        Rule(f"{start}.word_embeddings.weight", "txt/tokens/embedding"),
        Rule(f"{start}.position_embeddings.weight", "txt/positions/embedding"),
        Rule(f"{start}.token_type_embeddings.weight", "txt/segments"),
        *norm(f"{start}.LayerNorm", "txt/embedding_norm"),
        *(
            rule
            for part in _PARTS
            for rule in dense(f"{block}.attention.self.{part}", f"{ours}/attention/{part}")
        ),
        *dense(f"{block}.attention.output.dense", f"{ours}/attention/out"),
        *norm(f"{block}.attention.output.LayerNorm", f"{ours}/attention_norm"),
        *dense(f"{block}.intermediate.dense", f"{ours}/mlp_in"),
        *dense(f"{block}.output.dense", f"{ours}/mlp_out"),
        *norm(f"{block}.output.LayerNorm", f"{ours}/mlp_norm"),
        *dense(f"{prefix}.pooler.dense", "txt/pooler"),
    ]
