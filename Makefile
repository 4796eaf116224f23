# Everything a person or CI does here. Needs python3 (3.11 to 3.13) and make; the rest is installed into .venv.
# Arguments go in ARGS, for example: make test ARGS="tests/unit -x", make demo ARGS="--port 9000"

SHELL := /bin/sh
ARGS ?=
UV_VERSION := 0.13.9

VENV := .venv
BIN := $(VENV)/bin
UV := $(VENV)/tools/bin/uv
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

export UV_PROJECT_ENVIRONMENT := $(CURDIR)/$(VENV)
export UV_PYTHON := $(CURDIR)/$(BIN)/python
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## show this list
	@echo "newsbeam: make TARGET"
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "  %-9s %s\n", $$1, $$2 }'

.PHONY: run
run: $(READY) ## set up, then watch the feeds of config/ (the page's address is printed; Ctrl-C stops)
	@$(BIN)/newsbeam run $(ARGS)

.PHONY: demo
demo: $(READY) ## set up, then the whole service over a simulated newswire; needs no network
	@$(BIN)/newsbeam demo $(ARGS)

.PHONY: test
test: $(READY_DEV) ## set up, then pass the tests side by side; those that need a server skip without it
	@$(BIN)/python -m pytest --numprocesses logical --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: check
check: $(READY_DEV) ## lint, format, types, import rules
	@echo "newsbeam: ruff"; $(BIN)/ruff check .
	@echo "newsbeam: format"; $(BIN)/ruff format --check .
	@echo "newsbeam: mypy"; $(BIN)/mypy
	@echo "newsbeam: import rules"; $(BIN)/lint-imports

.PHONY: servers
servers: ## install Kafka, Lucene, PostgreSQL, Chromium and the compose schema for the tests (Debian, Maven, Go)
	@$(FIND_PYTHON) && "$$python" tests/servers/install.py

.PHONY: bench
bench: $(READY_DEV) ## measure throughput and latency; nothing is asserted
	@$(BIN)/python -m bench $(ARGS)

.PHONY: soak
soak: $(READY_DEV) ## 30 minutes at 50 stories a second: latency and memory over time
	@$(BIN)/python -m bench.soak $(ARGS)

.PHONY: chaos
chaos: $(READY_DEV) ## twenty kills of each whole service, thirty random faults in a cluster; the ground truth decides
	@NEWSBEAM_KILL_ROUNDS=$${NEWSBEAM_KILL_ROUNDS:-20} NEWSBEAM_CHAOS_ROUNDS=$${NEWSBEAM_CHAOS_ROUNDS:-30} \
		$(BIN)/python -m pytest -q tests/e2e -k "kill or chaos" $(ARGS)

.PHONY: schema
schema: $(READY_DEV) ## write docs/story.schema.json from the code
	@$(BIN)/python -c 'import json; from newsbeam.codec import STORY_SCHEMA; print(json.dumps(STORY_SCHEMA, indent=2))' \
		> docs/story.schema.json

.PHONY: ci
ci: ## what CI runs: servers, checks, every test
	@.ci/run

.PHONY: clean
clean: ## remove .venv, .servers and caches (never data/)
	rm -rf $(VENV) .servers .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: setup
setup: $(READY_DEV) ## make .venv with everything, for developing

# PYTHON when given, else the first that is really there and fits; a name on PATH alone may be an empty shim.
FIND_PYTHON = for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python); do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && break; \
	python=; \
	done; \
	test -n "$$python" || { echo "newsbeam needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=/path/to/python3" >&2; exit 1; }

$(BIN)/python:
	@$(FIND_PYTHON); \
	echo "newsbeam: [1/3] $$("$$python" -V) -> $(VENV)"; \
	rm -rf $(VENV); \
	"$$python" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "newsbeam: this Python cannot make virtual environments; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(UV): Makefile | $(BIN)/python
	@echo "newsbeam: [2/3] the installer, uv $(UV_VERSION)"
	@rm -rf $(VENV)/tools
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null  # `uv sync` removes pip
	@$(BIN)/python -m pip install --quiet --target $(VENV)/tools "uv==$(UV_VERSION)"
	@touch $(UV)

$(READY): pyproject.toml uv.lock | $(UV)
	@test $(READY_DEV) -nt uv.lock && test $(READY_DEV) -nt pyproject.toml && touch $(READY) && exit 0; \
	echo "newsbeam: [3/3] the packages of uv.lock (the first time about a minute)"; \
	$(UV) sync --frozen --no-dev --inexact && touch $(READY) && echo "newsbeam: ready"

$(READY_DEV): pyproject.toml uv.lock | $(UV)
	@echo "newsbeam: [3/3] the packages of uv.lock, with those for developing (the first time about a minute)"
	@$(UV) sync --frozen
	@touch $(READY_DEV)
	@echo "newsbeam: ready"
