"""Random numbers: drawn at export with a known key, and as JAX draws them with one that goes in."""

# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from jax import lax, random

from builder.conversion.convert_jax import convert_jax
from builder.conversion.predict import tfjs_predict_fn
from builder.errors import ExportError
from builder.tfjs.export import export
from tests.tfjs.parts.conftest import Run

KEY = random.key(7)
X = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)


def bits_of(keys: Any) -> Any:
    return lax.bitcast_convert_type(random.key_data(keys), jnp.int32)


DRAWS: dict[str, Callable[..., Any]] = {
    "bits": lambda k: lax.bitcast_convert_type(random.bits(k, (5, 3)), jnp.int32),
    "bytes": lambda k: random.bits(k, (6,), "uint8"),
    "split": lambda k: bits_of(random.split(k, 3)),
    "fold in": lambda k: bits_of(random.fold_in(k, 5)),
    "uniform": lambda k: random.uniform(k, (4, 2), minval=-2),
    "normal": lambda k: random.normal(k, (20,)),
    "complex": lambda k: random.normal(k, (3,), jnp.complex64),
    "half": lambda k: random.uniform(k, (5,), jnp.bfloat16),
    "integers": lambda k: random.randint(k, (20,), -5, 1000),
    "bernoulli": lambda k: random.bernoulli(k, 0.3, (20,)),
    "categorical": lambda k: random.categorical(k, jnp.log(jnp.arange(1.0, 9)), shape=(4,)),
    "gumbel": lambda k: random.gumbel(k, (9,)),
    "truncated": lambda k: random.truncated_normal(k, -1, 1, (9,)),
    "permutation": lambda k: random.permutation(k, 12),
    "choice": lambda k: random.choice(k, 10, (4,), replace=False),
    "exponential": lambda k: random.exponential(k, (9,)),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_key_that_goes_in_draws_the_numbers_of_jax(name: str, run: Run):
    run(DRAWS[name], KEY).check(2e-6)


def test_a_raw_key_is_an_input_of_two_words(run: Run):
    results = run(lambda k: random.uniform(k, (2,)), random.PRNGKey(3))
    results.check()
    assert str(results.model.inputs["x0"]) == "int32[2]"


MOVED: dict[str, Callable[..., Any]] = {
    "slices": lambda k: bits_of(random.split(k, 5)[1:4][::-1]),
    "gathered": lambda k: bits_of(random.split(k, 5)[jnp.array([3, 1])]),
    "stacked": lambda k: bits_of(jnp.stack([k, random.fold_in(k, 1)]).reshape(2, 1)),
    "chosen": lambda k: bits_of(jnp.where(random.uniform(k) < 2, k, random.split(k)[0])),
    "updated": lambda k: bits_of(random.split(k, 3).at[1].set(k)),
    "vmapped": lambda k: jax.vmap(lambda q: random.normal(q, (2,)))(random.split(k, 3)),
    "scanned": lambda k: lax.scan(_step, k, jnp.arange(2.0))[1],
    "compared": lambda k: random.split(k, 2)[:1] == random.split(k, 2),
}


def _step(key: Any, x: Any) -> tuple[Any, Any]:
    key, draw = random.split(key)
    return key, x + random.uniform(draw, (2,))


@pytest.mark.parametrize("name", MOVED)
def test_keys_are_moved_as_arrays_are(name: str, run: Run):
    run(MOVED[name], KEY).check(2e-6)


def test_an_array_of_keys_goes_in_and_comes_out(tmp_path: Path):
    def draw(_: Any, key: Any) -> Any:
        key, draw = random.split(key)
        return {"next": key, "noise": random.normal(draw, (2,))}

    spec = jax.ShapeDtypeStruct((), KEY.dtype)
    convert_jax(draw, (), input_signatures=[spec], model_dir=tmp_path)
    predict = tfjs_predict_fn(tmp_path)
    expected = draw((), KEY)
    found = predict(KEY)
    np.testing.assert_array_equal(found["next"].view(np.uint32), random.key_data(expected["next"]))
    np.testing.assert_allclose(found["noise"], expected["noise"], rtol=1e-5)
    again = predict(found["next"])
    np.testing.assert_allclose(again["noise"], draw((), expected["next"])["noise"], rtol=1e-5)


def test_a_symbolic_number_of_numbers_is_drawn(run: Run):
    specs = [jax.ShapeDtypeStruct((), KEY.dtype), ("(b, 4)", "float32")]
    run(lambda k, x: x + random.normal(k, x.shape), KEY, X, specs=specs).check()


def test_a_known_key_is_evaluated_before_the_export(run: Run):
    results = run(lambda x: x + random.normal(random.key(1), (3, 4)), X)
    results.check()
    assert results.model.ops == ("AddV2",)


@pytest.mark.parametrize(
    "draw",
    [
        lambda x: x * random.gamma(random.PRNGKey(0), 2.0, (4,)),
        lambda x: x * random.uniform(random.key(0, impl="rbg"), (4,)),
        lambda x: x[random.permutation(random.key(2), 3)],
    ],
)
def test_all_that_follows_from_a_known_key_is_a_constant(draw: Callable[..., Any], run: Run):
    results = run(draw, X)
    results.check()
    assert len(results.model.ops) <= 3


def test_a_known_key_with_a_symbolic_size_is_drawn_when_the_model_runs(run: Run):
    key = random.key(1)
    spec = ("(b, 4)", "float32")
    run(lambda x: x + random.normal(key, x.shape), X, specs=[spec]).check()


def test_a_known_key_and_a_number_that_goes_in_make_a_key(run: Run):
    run(lambda i: random.uniform(random.fold_in(KEY, i), (3,)), np.int32(11)).check()


@pytest.mark.parametrize("algorithm", ["RNG_THREE_FRY", "RNG_PHILOX"])
@pytest.mark.parametrize("shape", [(), (4, 3), (3, 5)])
def test_the_generators_of_xla_give_the_same_bits(algorithm: str, shape: Any, run: Run):
    def generate(words: Any) -> Any:
        kind = getattr(lax.RandomAlgorithm, algorithm)
        made = lax.rng_bit_generator(words, shape, algorithm=kind)
        return [lax.bitcast_convert_type(bits, jnp.int32) for bits in made]

    run(generate, np.array([1, 2, 2**32 - 1, 4], np.uint32)).check()


class _Linen(nn.Module):
    @nn.compact
    def __call__(self, x: Any, *, train: bool) -> Any:
        return nn.Dropout(0.5, deterministic=not train)(nn.Dense(4)(x))


def test_dropout_of_linen_in_training_names_deterministic():
    module = _Linen()
    params = module.init(random.key(0), X, train=False)

    def apply(params: Any, x: Any) -> Any:
        return module.apply(params, x, train=True, rngs={"dropout": random.key(0)})

    with pytest.raises(ExportError, match=r"dropout draws(.|\n)*deterministic=True") as caught:
        export(apply, params, {"x": ("(b, 4)", "float32")})
    assert "test_random.py:" in str(caught.value)


def test_dropout_with_a_key_that_goes_in_is_converted(run: Run):
    module = _Linen()
    params = module.init(random.key(0), X, train=False)
    run(lambda x, key: module.apply(params, x, train=True, rngs={"dropout": key}), X, KEY).check()


class _Nnx(nnx.Module):
    def __init__(self, rngs: nnx.Rngs) -> None:
        self.dense = nnx.Linear(4, 4, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)

    def __call__(self, x: Any) -> Any:
        return self.dropout(self.dense(x))


def test_dropout_of_nnx_in_training_names_eval():
    model = _Nnx(nnx.Rngs(0))
    graph, state = nnx.split(model)

    def apply(state: Any, x: Any) -> Any:
        return nnx.merge(graph, state)(x)

    with pytest.raises(ExportError, match=r"model\.eval\(\) in NNX"):
        export(apply, state, {"x": ("(b, 4)", "float32")})
    model.eval()
    graph, state = nnx.split(model)
    assert "RandomUniform" not in export(apply, state, {"x": ("(b, 4)", "float32")}).ops


def test_numbers_drawn_with_a_parameter_are_refused():
    def apply(params: Any, x: Any) -> Any:
        return x + random.normal(params["key"], (4,))

    for key in (random.key(0), random.PRNGKey(0)):
        with pytest.raises(ExportError, match="random numbers are drawn with a key that is fixed"):
            export(apply, {"key": key}, {"x": ("(b, 4)", "float32")})


def test_words_of_keys_are_refused_as_an_output_with_a_way_out():
    with pytest.raises(ExportError, match="Return it as int32, which has the same bits"):
        export(lambda _, k: random.key_data(random.split(k)), (), {"k": KEY})
