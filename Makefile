# Outloud's commands. `make help` lists them; each sets up what it needs first.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
ARGS   ?=

# Tests start hundreds of processes: they read what the first has compiled.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-both hunt check format bench crash lock venv dev

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: venv ## start the bot with the local chat, and print its address
	@exec $(BIN)/outloud run $(ARGS)

test: dev ## run every test (ARGS="-k words" for some of them)
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

test-both: dev ## run every test, those of features on both kinds of database
	@OUTLOUD_TEST_DATABASES=both $(MAKE) --no-print-directory test

hunt: dev ## look for lost and doubled messages as long as CI does (OUTLOUD_HUNT=10 for ten times that)
	@OUTLOUD_HUNT=$${OUTLOUD_HUNT:-1} $(MAKE) --no-print-directory test ARGS="tests/hunt $(ARGS)"

check: dev ## look for style, type and layering mistakes
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: dev ## write the code in the house's format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: dev ## run every benchmark and write benchmarks/results.json
	@$(BIN)/python -m benchmarks $(ARGS)

crash: dev ## kill it thousands of times and count what is lost or doubled (ARGS="--kills 500")
	@$(BIN)/python -m tests.hunt $(ARGS)

# Pins already made are kept; `make lock ARGS=--upgrade` takes the newest of everything.
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

lock: ## write both lock files from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs the command uv, which was not found: pip install uv" >&2; exit 1; }
	$(LOCK) $(ARGS) --group build --output-file requirements.lock
	$(LOCK) $(ARGS) --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock

# A stamp is newer than its lock as long as what is installed is what the lock says, so a second start calls no pip.
venv: $(VENV)/run.stamp
dev: $(VENV)/dev.stamp

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Outloud needs into $(VENV) (only when requirements.lock has changed) ..."
	@$(PIP) install -qq --require-hashes --requirement requirements.lock
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Outloud's tests need into $(VENV) (only when requirements-dev.lock has changed) ..."
	@$(PIP) install -qq --require-hashes --requirement requirements-dev.lock
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $(VENV)/run.stamp $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Outloud needs Python 3.11 or newer, and there is no command '$(PYTHON)' here: install one, or name it, as in: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Outloud needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1): install a newer one, or name it, as in: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
