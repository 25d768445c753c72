"""Waiting for what a page, a browser or a picture of a page says."""

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page

Value = TypeVar("Value")

PATIENCE_S = 30


def wait_until(page: Page, look: Callable[[], Value], holds: Callable[[Value], bool]) -> Value:
    """What `look` gives once that holds; the page goes on meanwhile."""
    end = time.monotonic() + PATIENCE_S
    while not holds(value := look()):
        assert time.monotonic() < end, value
        page.wait_for_timeout(50)
    return value
