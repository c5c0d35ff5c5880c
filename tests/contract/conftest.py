"""What a platform cannot do is said once, in `cannot`, and the fact is then not asked of it."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if _fact(item) in _cannot(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _fact(item: pytest.Item) -> str:
    return getattr(item, "originalname", item.name)


def _cannot(item: pytest.Item) -> dict[str, str]:
    return getattr(getattr(item, "cls", None), "cannot", {})
