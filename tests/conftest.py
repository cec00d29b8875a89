"""What all tests share."""

from collections import Counter

import pytest

pytest_plugins = ["tests.servers", "tests.founding"]

LONG = ("reliability", "e2e")
"""Folders whose files take long, however few tests they hold."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: of those that run side by side, no long one is left alone at the end."""
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.parent.name not in LONG, -tests[item.path], item.path))
