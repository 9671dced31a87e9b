# Needs python3 (3.11 or newer) with its venv module, and make. Everything else goes into .venv.

PY ?= python3
VENV ?= .venv
ARGS ?=
# how many test files at once
JOBS ?= auto

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --require-virtualenv
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header

RUNTIME := $(VENV)/.runtime
DEVELOP := $(VENV)/.develop

.DEFAULT_GOAL := help
.PHONY: help setup run test check simulate format bench lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

setup: $(DEVELOP) ## install alertd and the tools for working on it into .venv

run: $(RUNTIME) ## set up what running needs, then start the daemon with config.toml
	$(BIN)/alertd run $(ARGS)

test: $(DEVELOP) ## all tests, JOBS=0 one after the other; ARGS="tests/unit -k words" for some
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile $(ARGS)

check: $(DEVELOP) ## style, types, and which package may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python -m pytest -q tests/unit/test_imports.py

simulate: $(DEVELOP) ## run made-up cities on virtual time, with everything going wrong; ARGS="--for 30m --store postgresql"
	$(BIN)/python -m tests.simulation $(ARGS)

format: $(DEVELOP) ## put the code into the style that check asks for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEVELOP) ## measure; each figure beside its reference; ARGS="--help" for a choice
	$(BIN)/python -m bench $(ARGS)

lock: $(DEVELOP) ## renew requirements*.txt after a change in pyproject.toml; ARGS=--upgrade for new versions
	$(PIP) install uv
	$(LOCK) $(ARGS) --extra build pyproject.toml -o requirements.txt
	$(LOCK) $(ARGS) --extra build --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## remove .venv and everything that was built or cached
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(RUNTIME): pyproject.toml requirements.txt
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "alertd needs Python 3.11 or newer; name one with PY=, for example: make PY=python3.11" >&2; exit 1; }
	@test -x $(BIN)/pip || { echo "creating $(VENV)"; $(PY) -m venv $(VENV) \
	  || { echo "python3 lacks its venv module: on Debian, apt-get install python3-venv" >&2; exit 1; }; }
	@echo "installing what alertd needs into $(VENV); the first time takes a minute"
	@$(PIP) install --require-hashes -r requirements.txt
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOP): $(RUNTIME) requirements-dev.txt
	@echo "installing the tools for working on alertd into $(VENV)"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
