"""Names of parameters of timm's image towers in open_clip's files, as rules for our towers.

Sources: timm 1.0 (vision_transformer.py, vision_transformer_hybrid.py, fastvit.py,
layers/attention_pool.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from builder.towers.fastvit import MLP_KERNEL, FastViT, Stage
from builder.towers.fusion import Branch, Fusion
from builder.towers.renaming import Rule, Shape, convolution, dense, norm

TRUNK = "visual.trunk"

FUSED = "reparam_conv"
"""What timm calls a convolution into which branches have been fused."""

_ATTENTION = "MultiHeadDotProductAttention_0"
_QUERY, _KEY, _VALUE = "query", "key", "value"
_SMALL_KERNEL = 3


def vit_patches() -> list[Rule]:
    """A Vision Transformer's patches and positions, without a class token."""
    return [
        *convolution(f"{TRUNK}.patch_embed.proj", "img/embedding"),
        Rule(f"{TRUNK}.pos_embed", "img/pos_embedding"),
    ]


def vit_clip_patches() -> list[Rule]:
    """Patches without bias, a class token with a position, and the norm before the blocks."""
    positions, every = f"{TRUNK}.pos_embed", slice(None)
    return [
        *convolution(f"{TRUNK}.patch_embed.proj", "img/embedding", bias=False),
        Rule(f"{TRUNK}.cls_token", "img/cls"),
        Rule(positions, "img/cls", place=(every, slice(0, 1))),
        Rule(positions, "img/pos_embedding", place=(every, slice(1, None))),
        *norm(f"{TRUNK}.norm_pre", "img/pre_norm"),
    ]


def vit_stem(fused: int) -> list[Rule]:
    """A stem of `fused` convolutions and a last one; positions; a class token without one."""
    backbone = f"{TRUNK}.patch_embed.backbone"
    return [
        *convolution(f"{backbone}.{{}}.{FUSED}", "img/stem_{}"),
        *convolution(f"{backbone}.{fused}.conv", "img/embedding"),
        Rule(f"{TRUNK}.pos_embed", "img/pos_embedding"),
        Rule(f"{TRUNK}.cls_token", "img/cls"),
    ]


def vit_stem_fusions(shapes: Sequence[Shape]) -> list[Fusion]:
    """The convolutions of a stem, of these shapes, and the batch norms after them."""
    units = [f"{TRUNK}.patch_embed.backbone.{i}" for i in range(len(shapes))]
    return [
        _fuse(unit, (out, columns, height, width), [_normed(unit, height)])
        for unit, (out, columns, height, width) in zip(units, shapes, strict=True)
    ]


def vit_blocks() -> list[Rule]:
    """A Vision Transformer's blocks and the norm after them."""
    block, ours = f"{TRUNK}.blocks.{{}}", "img/Transformer/encoderblock_{}"
    return [
        *norm(f"{block}.norm1", f"{ours}/LayerNorm_0"),
        *_parts(f"{block}.attn.qkv", f"{ours}/{_ATTENTION}", _QUERY, _KEY, _VALUE),
        *dense(f"{block}.attn.proj", f"{ours}/{_ATTENTION}/out"),
        *norm(f"{block}.norm2", f"{ours}/LayerNorm_1"),
        *dense(f"{block}.mlp.fc1", f"{ours}/MlpBlock_0/Dense_0"),
        *dense(f"{block}.mlp.fc2", f"{ours}/MlpBlock_0/Dense_1"),
        *norm(f"{TRUNK}.norm", "img/Transformer/encoder_norm"),
    ]


def vit_map_pool() -> list[Rule]:
    """Attention pooling."""
    source, pool = f"{TRUNK}.attn_pool", "img/MAPHead_0"
    return [
        Rule(f"{source}.latent", f"{pool}/probe"),
        *dense(f"{source}.q", f"{pool}/{_ATTENTION}/query"),
        *_parts(f"{source}.kv", f"{pool}/{_ATTENTION}", _KEY, _VALUE),
        *dense(f"{source}.proj", f"{pool}/{_ATTENTION}/out"),
        *norm(f"{source}.norm", f"{pool}/LayerNorm_0"),
        *dense(f"{source}.mlp.fc1", f"{pool}/MlpBlock_0/Dense_0"),
        *dense(f"{source}.mlp.fc2", f"{pool}/MlpBlock_0/Dense_1"),
    ]


def fastvit(tower: FastViT) -> list[Rule]:
    """FastViT once its branches are fused, without its head."""
    stage, ours = f"{TRUNK}.stages.{{}}", "img/stage_{}"
    block, our_block = f"{stage}.blocks.{{}}", f"{ours}_block_{{}}"
    return [
        *convolution(f"{TRUNK}.stem.{{}}.{FUSED}", "img/stem_{}"),
        *convolution(f"{stage}.downsample.proj.0.{FUSED}", f"{ours}_downsample"),
        *_squeeze(f"{stage}.downsample.proj.0.se", f"{ours}_squeeze"),
        *convolution(f"{stage}.downsample.proj.1.{FUSED}", f"{ours}_widen"),
        *convolution(f"{stage}.pos_emb.{FUSED}", f"{ours}_position"),
        *convolution(f"{block}.mlp.conv.{FUSED}", f"{our_block}/mlp_convolution"),
        *convolution(f"{block}.mlp.fc1", f"{our_block}/mlp_in"),
        *convolution(f"{block}.mlp.fc2", f"{our_block}/mlp_out"),
        *(
            rule
            for i, stage in enumerate(tower.stages)
            for rule in _fastvit_mixing(i, stage, tower.layer_norm)
        ),
        *convolution(f"{TRUNK}.final_conv.{FUSED}", "img/last"),
        *_squeeze(f"{TRUNK}.final_conv.se", "img/last_squeeze"),
    ]


def _fastvit_mixing(number: int, stage: Stage, layer_norm: bool) -> list[Rule]:
    """What differs between blocks that mix positions by a kernel and those that attend."""
    block, ours = f"{TRUNK}.stages.{number}.blocks.{{}}", f"img/stage_{number}_block_{{}}"
    if stage.mixer is not None:
        return [
            *convolution(f"{block}.token_mixer.{FUSED}", f"{ours}/mixer"),
            Rule(f"{block}.layer_scale.gamma", f"{ours}/mlp_scale"),
        ]
    batch_norm = [
        Rule(f"{block}.norm.{FUSED}.weight", f"{ours}/norm_scale"),
        Rule(f"{block}.norm.{FUSED}.bias", f"{ours}/norm_bias"),
    ]
    return [
        *(norm(f"{block}.norm", f"{ours}/norm") if layer_norm else batch_norm),
        *dense(f"{block}.token_mixer.qkv", f"{ours}/attention/qkv", bias=False),
        *dense(f"{block}.token_mixer.proj", f"{ours}/attention/out"),
        Rule(f"{block}.layer_scale_1.gamma", f"{ours}/attention_scale"),
        Rule(f"{block}.layer_scale_2.gamma", f"{ours}/mlp_scale"),
    ]


def fastvit_fusions(tower: FastViT, shapes: Mapping[str, Shape]) -> list[Fusion]:
    """The branches that a file, whose entries have these shapes, has not fused yet."""
    stem, last = f"{TRUNK}.stem", f"{TRUNK}.final_conv"
    scaled = any(name.startswith(f"{stem}.") and ".conv_scale." in name for name in shapes)
    width, is_same_width = tower.width, tower.features == tower.stages[-1].width
    fusions = [
        _fuse(f"{stem}.0", (width, 3, 3, 3), _unit(f"{stem}.0", 3, scaled=scaled)),
        _fuse(f"{stem}.1", (width, 1, 3, 3), _unit(f"{stem}.1", 3, scaled=scaled)),
        _fuse(f"{stem}.2", (width, width, 1, 1), _unit(f"{stem}.2", 1, identity=True)),
        *(
            fusion
            for i, stage in enumerate(tower.stages)
            for fusion in _stage_fusions(f"{TRUNK}.stages.{i}", stage, tower.layer_norm)
        ),
        _fuse(last, (tower.features, 1, 3, 3), _unit(last, 3, scaled=True, identity=is_same_width)),
    ]
    return [f for f in fusions if not {f"{f.name}.weight", f"{f.name}.bias"} & shapes.keys()]


def _stage_fusions(name: str, stage: Stage, layer_norm: bool) -> Iterator[Fusion]:
    width = stage.width
    if (size := stage.downsample) is not None:
        first, second = f"{name}.downsample.proj.0", f"{name}.downsample.proj.1"
        large = _normed(f"{first}.large_conv", size)
        small = _normed(f"{first}.small_conv", _SMALL_KERNEL)
        yield _fuse(first, (width, 1, size, size), [large, small])
        yield _fuse(second, (width, width, 1, 1), _unit(second, 1, identity=True))
    if (size := stage.position) is not None:
        unit = f"{name}.pos_emb"
        branches = [Branch(f"{unit}.pos_enc", size, bias=True), Branch()]
        yield _fuse(unit, (width, 1, size, size), branches)
    for i in range(stage.depth):
        block = f"{name}.blocks.{i}"
        if (size := stage.mixer) is not None:
            unit = f"{block}.token_mixer"
            yield _fuse(unit, (width, 1, size, size), _mixer(unit, size))
        elif not layer_norm:
            unit = f"{block}.norm"
            yield _fuse(unit, (width, 1, 1, 1), [Branch(norm=unit)])
        unit = f"{block}.mlp.conv"
        yield _fuse(unit, (width, 1, MLP_KERNEL, MLP_KERNEL), [_normed(unit, MLP_KERNEL)])


def _fuse(unit: str, shape: tuple[int, int, int, int], branches: Sequence[Branch]) -> Fusion:
    return Fusion(f"{unit}.{FUSED}", shape, tuple(branches))


def _mixer(unit: str, size: int) -> list[Branch]:
    """x + scale * (mixer(x) - norm(x))."""
    scale = f"{unit}.layer_scale.gamma"
    mixed = _unit(f"{unit}.mixer", size, scaled=True, identity=True)
    return [
        Branch(),
        *(replace(branch, scale=scale) for branch in mixed),
        Branch(norm=f"{unit}.norm.identity", scale=scale, sign=-1),
    ]


def _unit(name: str, size: int, *, scaled: bool = False, identity: bool = False) -> list[Branch]:
    """MobileOne's building block: kernels of `size` pixels and of one, and the identity."""
    return [
        _normed(f"{name}.conv_kxk.0", size),
        *([_normed(f"{name}.conv_scale", 1)] if scaled else []),
        *([Branch(norm=f"{name}.identity")] if identity else []),
    ]


def _normed(name: str, size: int) -> Branch:
    return Branch(f"{name}.conv", size, norm=f"{name}.bn")


def _squeeze(source: str, target: str) -> list[Rule]:
    """Squeeze-and-excitation."""
    return [
        *convolution(f"{source}.fc1", f"{target}/reduce"),
        *convolution(f"{source}.fc2", f"{target}/expand"),
    ]


def _parts(source: str, target: str, *parts: str) -> Iterator[Rule]:
    """Projections of attention that are stored in one."""
    for place, part in enumerate(parts):
        yield from dense(source, f"{target}/{part}", (place, len(parts)))
