"""What every test can ask for."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.hunt import LENGTH

# Before anything imports them: other tests use the benches of the contract as well.
pytest.register_assert_rewrite("tests.contract.facts", "tests.contract.harness")

# A usual run is the same every time, and nothing in it depends on how busy the machine is; a longer hunt looks where
# nobody has been.
settings.register_profile(
    "usual",
    deadline=None,
    derandomize=LENGTH <= 1,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("usual")

pytest_plugins = ("tests.databases", "tests.house")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors, for hunts wait longer than they work; at most four."""
    return min((os.cpu_count() or 1) + 1, 4)
