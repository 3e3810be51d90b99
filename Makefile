# The developer's verbs. `make` alone lists them; each makes .venv first when it is not there.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready
DEMO ?= demo-blog

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types golden samples e2e bench docs dist clean

help: ## list the verbs
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-9s %s\n", $$1, $$2}'

$(READY): setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "wpexport needs Python 3.11 or newer; name one: make PYTHON=python3.12 ...")'
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV) || { \
	  echo "The module venv is missing. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing wpexport and its tools into $(VENV) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

install: $(READY) ## make .venv with wpexport and all tools in it

demo: $(READY) ## pull, check and export a built-in blog into demo-blog/; no network
	@$(RUN) -m wpexport demo $(DEMO)

test: lint types ## everything a contributor can run: linters, types, tests
	$(RUN) -m pytest --numprocesses auto

lint: $(READY) ## ruff: rules and format
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check

types: $(READY) ## mypy --strict
	$(RUN) -m mypy

golden: $(READY) ## make the golden archive and exports in samples/ again; review them with git diff
	$(RUN) -m samples.golden

samples: $(READY) ## record the sample blog again, from a real WordPress (needs PHP and npm)
	$(RUN) -m samples.record

e2e: $(READY) ## the tests against a real WordPress and the real site generators (needs PHP, npm, Jekyll)
	$(RUN) -m pip install --quiet --disable-pip-version-check --editable '.[dev,e2e]'
	WPEXPORT_E2E=1 $(RUN) -m pytest --numprocesses auto -m e2e

bench: $(READY) ## measure speed and memory
	$(RUN) -m benchmarks

docs: $(READY) ## write what is generated under docs/: schemas, tables of fields, commands
	$(RUN) -m docs.generate

dist: $(READY) ## build the wheel and the source distribution into dist/
	rm -rf build dist
	$(RUN) -m build

clean: ## remove what was made, .venv too
	rm -rf build dist .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find wpexport tests samples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
