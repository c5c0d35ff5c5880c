"""What every test can ask for."""

import pytest

# Before anything imports them: other tests use the benches of the contract as well.
pytest.register_assert_rewrite("tests.contract.facts", "tests.contract.harness")

pytest_plugins = ("tests.databases", "tests.house")
