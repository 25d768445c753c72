"""A tab that stays open: its memory and listeners stay where they were, however long it is used."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page

from tests.e2e.conftest import ServedSite
from tests.e2e.demo_page import ask, card_of, foot, wait_for_answer
from tests.e2e.host import Host, host

WARM_UP = 40
"""Until then, the browser keeps a card or two more, and after that no more, however long."""


@pytest.fixture
def served(site: ServedSite) -> Iterator[Host]:
    with host(site.folder) as served:
        yield served


@dataclass(frozen=True)
class Usage:
    """What a page holds after its garbage was collected."""

    heap_bytes: int
    listeners: int
    nodes: int
    workers: int


def measure(page: Page, devtools: CDPSession) -> Usage:
    # Finalizers run after a collection, and let go of more.
    for _ in range(3):
        devtools.send("HeapProfiler.collectGarbage")
        page.wait_for_timeout(50)
    metrics = {m["name"]: m["value"] for m in devtools.send("Performance.getMetrics")["metrics"]}
    return Usage(
        heap_bytes=int(metrics["JSHeapUsedSize"]),
        listeners=int(metrics["JSEventListeners"]),
        nodes=int(metrics["Nodes"]),
        workers=len(page.workers),
    )


def compute_prompts(page: Page, start: int, stop: int) -> None:
    card = card_of(page)
    for number in range(start, stop):
        ask(card, f"a photo of number {number}")
        wait_for_answer(card)


def change_link(page: Page, start: int, stop: int) -> None:
    images = ("kitten", "bison", "eiffel-tower")
    for number in range(start, stop):
        link = f"image={images[number % 3]}&image=unicorn-{number}&image={images[(number + 1) % 3]}"
        page.evaluate("(link) => { location.hash = link; }", link)
        page.locator(f"lit-demo-messages >> text=unicorn-{number}”").wait_for()
        wait_for_answer(card_of(page))


def change_model(page: Page, start: int, stop: int) -> None:
    models = ("mini-tiny", "mini-small")
    for number in range(start, stop):
        link = f"model={models[number % 2]}&image=kitten&image=bison"
        page.evaluate("(link) => { location.hash = link; }", link)
        radio = page.locator("lit-demo-model-picker input").nth(number % 2)
        radio.and_(page.locator(":checked")).wait_for(state="attached")
        wait_for_answer(card_of(page))


# How often each is done: briefly in every test run, for long by `make soak`.
BRIEF = 20
LONG: dict[Callable[[Page, int, int], None], int] = {
    compute_prompts: 460,
    change_link: 200,
    change_model: 200,
}

ROUNDS = 3
"""Now and then the browser still holds some cards, which then stay as many; what leaks, grows."""


def holds_no_more(before: Usage, after: Usage, typed: int) -> bool:
    """Whether nothing was kept since, but what the browser and the page keep on purpose."""
    return (
        after.listeners <= before.listeners
        # For each text that is typed over, the browser keeps one to undo that.
        and after.nodes <= before.nodes + typed + 10
        and after.workers <= before.workers
        # The rows of the last 128 texts are kept, and the browser compiles what is used often.
        and after.heap_bytes < before.heap_bytes + 800_000
    )


@pytest.mark.parametrize("act", LONG)
def test_a_tab_holds_no_more_after_long_use(
    context: BrowserContext, served: Host, act: Callable[[Page, int, int], None]
):
    times = LONG[act] if os.environ.get("SOAK") else BRIEF
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable")
    page.goto(served.url)
    wait_for_answer(card_of(page))
    foot(page).click()
    act(page, 0, WARM_UP)
    seen = [measure(page, devtools)]
    for start in range(WARM_UP, WARM_UP + ROUNDS * times, times):
        act(page, start, start + times)
        after = measure(page, devtools)
        typed = times if act is compute_prompts else 0
        if any(
            holds_no_more(before, after, typed * rounds)
            for rounds, before in enumerate(reversed(seen), start=1)
        ):
            break
        seen.append(after)
    else:
        pytest.fail(f"after {WARM_UP}, and after each {times} more:\n" + "\n".join(map(str, seen)))
    print(f"{act.__name__}: after {WARM_UP}, and after each {times} more: {[*seen, after]}")
