"""The whole product on a database of its own, and real Chromium pages."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accounts.models import User
from tests.browser import chromium as chromium_program
from tests.browser.chromium import WATCH_CALLS
from tests.browser.people import session_cookie
from tests.browser.stack import Stack, running_stack
from tests.databases import cloned_database

__all__ = ["cloned_database"]

# Playwright's synchronous interface keeps an event loop running in this process.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture
def stack(cloned_database: str, tmp_path: Path) -> Iterator[Stack]:
    with running_stack(tmp_path, cloned_database) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chromium_program.launch(playwright)
        yield browser
        browser.close()


@contextmanager
def profiles(stack: Stack, chromium: Browser) -> Iterator[Callable[[User], Page]]:
    """Pages of this stack, each in a browser profile of its own, signed in as a member."""
    contexts: list[BrowserContext] = []

    def open_as(user: User) -> Page:
        context = chromium.new_context(permissions=["camera", "microphone"], locale="fr-FR")
        context.add_init_script(WATCH_CALLS)
        context.add_cookies([session_cookie(user, stack.url)])
        contexts.append(context)
        return context.new_page()

    try:
        yield open_as
    finally:
        for context in contexts:
            context.close()


@pytest.fixture
def sign_in(stack: Stack, chromium: Browser) -> Iterator[Callable[[User], Page]]:
    with profiles(stack, chromium) as open_as:
        yield open_as
