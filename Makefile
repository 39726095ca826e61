# Each target sets up what it needs on a fresh machine. `make demo` and `make test` are the two a newcomer types.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8000
N ?= 10000 30000
# The interpreter that is here, never a downloaded one; and the uv that is here, or one of our own in .tools/.
export UV_PYTHON_DOWNLOADS := never
export PATH := $(PATH):$(CURDIR)/.tools/bin
export PYTHONPATH :=
RUN := uv run --no-sync

.PHONY: help demo test test-shared bench lint uv sync chromium

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

uv:
	@command -v uv >/dev/null || { echo "Bringing uv into .tools/ …"; python3 -m pip install --quiet --disable-pip-version-check --target .tools uv; }

sync: uv
	@uv sync --locked --quiet

chromium:
	@if ! command -v chromium >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Bringing Chromium for the browser tests …"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	  else \
	    echo "The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium fonts-dejavu-core) and run make test again." >&2; exit 1; \
	  fi; \
	fi

demo: uv  ## set up everything, fill it with invented therapists, serve on PORT (8000)
	@uv sync --locked --quiet --no-dev --inexact
	@$(RUN) manage.py prepare_demo --port $(PORT)
	@exec $(RUN) gunicorn config.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --no-control-socket --log-level warning

test: sync chromium  ## the whole suite, browser journeys included
	$(RUN) pytest -n 2 --dist loadgroup $(ARGS)

test-shared: sync  ## the tests that need ../shared/data
	$(RUN) pytest tests/shared_data --override-ini addopts= $(ARGS)

bench: uv  ## the benchmark: a table of ratios; N= therapists, one size or more (10000 30000), ARGS=
	@uv sync --locked --quiet --group bench
	$(RUN) python -m tests.benchmarks $(ARGS) --therapists $(N)

# The age of crisis numbers (config.W002) is said here, but turns no lint red on a date; 180 days do (config.E001).
lint: sync  ## style, types, import contracts, migrations, deployment checks
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) lint-imports
	$(RUN) mypy
	$(RUN) manage.py makemigrations --check --dry-run
	$(RUN) manage.py check --tag crisis_lines
	DEBUG=0 SECRET_KEY=$$(head -c 60 /dev/urandom | base64 -w0) ALLOWED_HOSTS=example.org DATABASE_URL=postgres://nobody@localhost/none \
	  SILENCED_SYSTEM_CHECKS=config.W002 $(RUN) manage.py check --deploy --fail-level WARNING
