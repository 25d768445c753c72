"""The loop that trains: every device has the same part in it, and it goes on where it stopped."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from builder.errors import BuilderError, NumberError
from builder.tuning.showing import draw_history, expect_end
from builder.tuning.training import Report, Trained, Training, choose_rows, round_batch, train
from builder.tuning.work_folder import open_work_folder

TRAINING = Training(steps=8, batch=8, warmup=2, learning_rate=0.1, report_steps=4)


def toy(
    folder: Path, training: Training = TRAINING, reports: list[Report] | None = None
) -> Trained:
    """Fits a line through points."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20, 3)).astype(np.float32)
    y = x @ np.array([1, -2, 3], np.float32) + 0.5

    def loss(params: dict[str, jax.Array], x: jax.Array, y: jax.Array) -> jax.Array:
        return jnp.square(x @ params["slope"] + params["offset"] - y).mean()

    def batch_of(step: int) -> tuple[np.ndarray, ...]:
        rows = choose_rows(len(x), training, step)
        return x[rows], y[rows]

    def measure(params: dict[str, np.ndarray]) -> Mapping[str, float]:
        return {"offset": float(params["offset"])}

    start = {"slope": np.zeros(3, np.float32), "offset": np.float32(0)}
    found = [] if reports is None else reports
    return train(start, loss, batch_of, training, folder, found.append, measure)


def flat(trained: Trained) -> np.ndarray:
    return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(trained.params)])


def test_a_training_reports_the_loss_and_what_is_measured(tmp_path: Path):
    reports: list[Report] = []
    trained = toy(tmp_path / "states", reports=reports)
    assert [(r.step, r.steps, r.start) for r in reports] == [(4, 8, 0), (8, 8, 0)]
    assert reports[1].loss < reports[0].loss
    assert [entry["step"] for entry in trained.history] == [4, 8]
    assert trained.history[1]["offset"] == pytest.approx(float(trained.params["offset"]))


def test_an_interrupted_training_ends_like_an_uninterrupted_one(tmp_path: Path):
    class Interrupting(list[Report]):
        def append(self, report: Report) -> None:
            super().append(report)
            raise KeyboardInterrupt

    whole = toy(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        toy(tmp_path / "parts", reports=Interrupting())
    reports: list[Report] = []
    parts = toy(tmp_path / "parts", reports=reports)
    assert [(r.step, r.start) for r in reports] == [(4, 4), (8, 4)]
    np.testing.assert_array_equal(flat(parts), flat(whole))
    assert parts.history == whole.history


def test_a_finished_training_is_not_done_again(tmp_path: Path):
    first, second = (toy(tmp_path / "states") for _ in range(2))
    np.testing.assert_array_equal(flat(first), flat(second))


def test_a_damaged_state_is_refused_in_a_sentence(tmp_path: Path):
    folder = tmp_path / "states"
    toy(folder)
    for file in (folder / "8" / "state").rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    with pytest.raises(BuilderError, match=r"state of step 8 cannot be read.*--restart"):
        toy(folder)


def test_a_loss_that_is_no_number_ends_the_training_with_a_remedy(tmp_path: Path):
    def loss(params: dict[str, jax.Array], x: jax.Array) -> jax.Array:
        return (params["x"] * x).sum() * jnp.inf

    start = {"x": np.ones(1, np.float32)}
    with pytest.raises(NumberError, match=r"the loss is .* before step 4\. Lower --learning-rate"):
        train(start, loss, lambda _: (np.ones((8, 1)),), TRAINING, tmp_path, [].append)


@pytest.mark.parametrize("schedule", ["flat", "cosine"])
def test_a_schedule_may_be_longer_or_shorter_than_its_warmup(tmp_path: Path, schedule: str):
    for steps in (1, 3):
        training = Training(steps, batch=4, schedule=schedule)  # pyright: ignore[reportArgumentType]
        assert np.isfinite(flat(toy(tmp_path / f"{schedule}-{steps}", training))).all()


def test_an_epoch_shows_every_row_once_and_few_rows_are_repeated():
    training = Training(steps=1, batch=5)
    epoch = np.concatenate([choose_rows(20, training, step) for step in range(4)])
    assert sorted(epoch) == list(range(20))
    assert (choose_rows(20, training, 4) != epoch[:5]).any()
    assert set(choose_rows(2, training, 0)) == {0, 1}
    assert len(choose_rows(2, training, 0)) == 5
    assert round_batch(5) % jax.device_count() == 0


def run_toy(folder: Path, flags: str) -> np.ndarray:
    """The parameters that a process of its own ends with."""
    program = (
        "import sys, numpy as np; from pathlib import Path; import jax\n"
        "from tests.tuning.test_training import flat, toy\n"
        "print(jax.device_count(), file=sys.stderr)\n"
        "np.save(sys.argv[1] + '.npy', flat(toy(Path(sys.argv[1]))))"
    )
    environment = {**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", program, str(folder)]
    subprocess.run(command, env=environment, check=True, timeout=300)
    return np.load(f"{folder}.npy")


@pytest.mark.slow
def test_four_devices_end_where_one_does(tmp_path: Path):
    four = run_toy(tmp_path / "four", "--xla_force_host_platform_device_count=4")
    np.testing.assert_allclose(four, flat(toy(tmp_path / "one")), rtol=1e-4, atol=1e-5)


HOST = """
import sys
from pathlib import Path
import numpy as np
from builder.tuning.hosts import Hosts, gather, is_first_host, join_hosts, share_of
join_hosts(Hosts(sys.argv[1], 2, int(sys.argv[2])))
import jax
assert jax.device_count() == 2 * jax.local_device_count()
from tests.tuning.test_training import flat, toy
rows = np.arange(10, dtype=np.float16).reshape(5, 2)
np.testing.assert_array_equal(gather(rows[share_of(5)], 5), rows)
found = flat(toy(Path(sys.argv[3])))
if is_first_host():
    np.save(sys.argv[3] + ".npy", found)
"""


@pytest.mark.slow
def test_two_hosts_end_where_one_does(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("localhost", 0))
        address = f"localhost:{free.getsockname()[1]}"
    folder = tmp_path / "two"
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    hosts = [
        subprocess.Popen([sys.executable, "-c", HOST, address, str(i), folder], env=environment)
        for i in range(2)
    ]
    try:
        assert [host.wait(timeout=300) for host in hosts] == [0, 0]
    finally:
        for host in hosts:
            host.kill()
    np.testing.assert_allclose(
        np.load(f"{folder}.npy"), flat(toy(tmp_path / "one")), rtol=1e-4, atol=1e-5
    )


KILLED = """
import sys, time
from pathlib import Path
from builder.tuning.training import Report
from tests.tuning.test_training import toy
class Slow(list):
    def append(self, report):
        print(report.step, flush=True)
        time.sleep(300)
toy(Path(sys.argv[1]), reports=Slow())
"""


@pytest.mark.slow
def test_a_killed_training_ends_like_an_uninterrupted_one(tmp_path: Path):
    command = [sys.executable, "-c", KILLED, tmp_path / "killed"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "4\n"
        process.send_signal(signal.SIGKILL)
    reports: list[Report] = []
    resumed = toy(tmp_path / "killed", reports=reports)
    assert reports[-1].start == 4
    np.testing.assert_array_equal(flat(resumed), flat(toy(tmp_path / "whole")))


def test_the_expected_end_follows_from_the_steps_of_this_process():
    assert expect_end(100, 160, Report(30, 90, 10, {})) == 160 + 60 * 60 / 20


def test_curves_are_drawn_for_each_figure():
    import xml.etree.ElementTree as ET

    history = [{"step": 1.0, "loss": 2.0, "cosine": 0.5}, {"step": 2.0, "loss": 1.0, "cosine": 0.5}]
    drawn = draw_history(history, {"Loss & more": ["loss"], "Cosine": ["cosine"]})
    lines = ET.fromstring(drawn).findall(".//{http://www.w3.org/2000/svg}polyline")
    heights = [[float(p.split(",")[1]) for p in line.attrib["points"].split()] for line in lines]
    assert len(heights) == 2
    assert heights[0][0] < heights[0][1]  # down the page is less
    assert heights[1][0] == heights[1][1]


def interrupt(out: Path) -> None:
    """A training of one step that ends in the middle."""
    with open_work_folder(out, {"steps": 1}, restart=False) as work:
        (work / "half").write_text("done")
        raise KeyboardInterrupt


def read_work_folder(out: Path, steps: int, *, restart: bool) -> list[str]:
    with open_work_folder(out, {"steps": steps}, restart=restart) as work:
        return sorted(path.name for path in work.iterdir())


def test_a_work_folder_stays_until_the_training_is_done(tmp_path: Path):
    out = tmp_path / "tower"
    with pytest.raises(KeyboardInterrupt):
        interrupt(out)
    with pytest.raises(BuilderError, match=r"training with other steps\. Give .* --restart"):
        read_work_folder(out, 2, restart=False)
    assert "half" in read_work_folder(out, 1, restart=False)
    assert list(tmp_path.iterdir()) == []


def test_a_restart_begins_with_an_empty_work_folder(tmp_path: Path):
    out = tmp_path / "tower"
    with pytest.raises(KeyboardInterrupt):
        interrupt(out)
    assert "half" not in read_work_folder(out, 2, restart=True)
