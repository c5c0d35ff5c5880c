from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import grimp
import pytest
from importlinter.cli import lint_imports

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
CONTRACTS = tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]["contracts"]


@pytest.mark.parametrize("contract", [pytest.param(one, id=one["id"]) for one in CONTRACTS])
def test_every_rule_of_direction_is_kept(
    contract: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Imports go the way that CONTRIBUTING.md says, and the way that the contract's name says."""
    status = lint_imports(str(PYPROJECT), limit_to_contracts=(contract["id"],), no_cache=True)
    assert status == 0, f"{contract['name']}: not so.\n{capsys.readouterr().out}"


def test_the_port_needs_nothing_that_is_not_in_python_but_markdown_it() -> None:
    """Whoever writes a platform installs nothing of the core's to speak to it."""
    graph = grimp.build_graph("bot", include_external_packages=True, cache_dir=None)
    modules = {"bot.chat", *graph.find_descendants("bot.chat")}
    imported = {
        found for module in modules for found in graph.find_modules_directly_imported_by(module)
    }
    foreign = imported - modules - {"markdown_it"} - sys.stdlib_module_names
    assert not foreign, f"bot.chat imports {', '.join(sorted(foreign))}."
