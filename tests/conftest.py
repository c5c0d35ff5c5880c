"""What every test can ask for."""

import os

import pytest

# Before anything imports them: other tests use the benches of the contract as well.
pytest.register_assert_rewrite("tests.contract.facts", "tests.contract.harness")

pytest_plugins = ("tests.databases", "tests.house")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors, for hunts wait longer than they work; at most four."""
    return min((os.cpu_count() or 1) + 1, 4)
