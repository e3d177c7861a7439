# Perijove on a bare machine: needs make and Python 3.11, 3.12 or 3.13, nothing else.
#
#   make demo             simulate a picture of a close pass of Io and process it, into out/
#   make demo ALL=1       all six pictures of the pass
#   make demo RAW=file    process a real raw picture instead
#   make test             the tests; make test PYTEST_ARGS='-m "not slow"' leaves the slow ones out
#   make explore          new random examples for the tests that draw them, MINUTES=10 of them
#   make check            everything that must hold before a change goes in
#   make help             the other targets

VENV ?= .venv
OUT ?= out
RAW ?=
ALL ?=
PYTEST_ARGS ?=
MINUTES ?= 10
WORKERS ?= 2

# The first Python that runs and has the right version; a launcher that finds no interpreter behind it does not count.
_IS_RIGHT = import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c '$(_IS_RIGHT)' >/dev/null 2>&1 && { echo $$p; break; }; done)

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

# Real data for the tests, where the folder stands beside the checkout.
ifneq ($(wildcard ../shared/data),)
PERIJOVE_DATA ?= $(abspath ../shared/data)
export PERIJOVE_DATA
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL: # one pip at a time, and output that can be read
.PHONY: help venv demo test explore check lint types layers reference docs bench clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

# ---------------------------------------------------------------- environment
# A stamp per set of extras: pip runs again only when pyproject.toml changes. The package itself is installed editable,
# so a change in src/ needs no install.

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 to 3.13 with venv found; name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "installing perijove and what it needs into $(VENV) (once; a few minutes)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-%: pyproject.toml | $(BIN)/python
	@echo "installing perijove[$*] and what it needs into $(VENV) (once; a few minutes)"
	@$(PIP) --editable '.[$*]'
	@touch $(VENV)/.installed $@ $(if $(filter dev,$*),$(VENV)/.installed-test) # dev holds test

venv: $(VENV)/.installed-dev ## the environment for development, in .venv

# ---------------------------------------------------------------- for everyone

demo: $(VENV)/.installed ## simulate and process a picture of a close pass of Io (ALL=1: six; RAW=file: that one)
	$(BIN)/perijove demo --overwrite --out '$(OUT)' $(if $(ALL),--all) $(if $(RAW),'$(RAW)')

test: $(VENV)/.installed-test ## the tests, WORKERS=2 files at a time; PERIJOVE_DATA names a folder with real data
	$(BIN)/python -m pytest --numprocesses '$(WORKERS)' --dist loadfile $(PYTEST_ARGS)

# ---------------------------------------------------------------- for developers

explore: $(VENV)/.installed-test ## new random examples for MINUTES=10, or until a test fails
	$(BIN)/python -m pytest --explore '$(MINUTES)' -q --durations-min 1000 $(PYTEST_ARGS)

check: lint types layers docs test ## everything that must hold: the four below and the tests

lint: $(VENV)/.installed-dev ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev ## mypy, strict
	$(BIN)/mypy

layers: $(VENV)/.installed-dev ## import contracts
	$(BIN)/lint-imports

reference: $(VENV)/.installed-dev ## write the tables made from the code into the pages of docs/
	$(BIN)/python docs/tables.py

docs: $(VENV)/.installed-dev ## the site, in site/index.html; a warning is a failure
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --doctree-dir site/.doctrees docs site

bench: $(VENV)/.installed-bench ## speed beside peers, and simulated pictures against their truth
	$(BIN)/python benchmarks/projection.py
	$(BIN)/python benchmarks/closed_loop.py

clean: ## everything that make made
	rm -rf '$(VENV)' '$(OUT)' site build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
