# Two commands do everything on a fresh machine that has python3 (3.11 to 3.13, with venv) and make: `make demo`, `make test`.
# Whatever is installed goes to .venv/, by exact version and checksum (requirements/*.txt). Another Python: make test PY=python3.13

PY ?= python3
WORKERS ?= 2
ARGS ?=

BIN := .venv/bin
PYTHON := $(BIN)/python

export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Downloads are kept where you keep such things already; else in .venv/, so that nothing else is made.
ifeq ($(shell test -w "$$HOME/.cache" && echo yes),)
export UV_CACHE_DIR ?= $(CURDIR)/.venv/.cache/uv
export PIP_CACHE_DIR ?= $(CURDIR)/.venv/.cache/pip
endif

# One stamp per step that is done. A Python that was chosen expressly must be the one in .venv/; else what is there is fine.
GONE := $(shell test -x $(PYTHON) || rm -f .venv/.stamp-*)
CHOSEN := .venv/.stamp-python-$(subst /,_,$(PY))
ifeq ($(origin PY),file)
CHOSEN := $(firstword $(wildcard .venv/.stamp-python-*) $(CHOSEN))
endif
RUN := .venv/.stamp-run
TEST := .venv/.stamp-test
LINT := .venv/.stamp-lint

.DEFAULT_GOAL := help
.PHONY: help demo venv test run lint types imports migrate fix check bench drills lock

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUN) ## set up and open the Bielefeld case in a browser; Ctrl-C ends it (ARGS="--port 8001")
	@exec $(PYTHON) -m ikb demo $(ARGS)

test: venv ## set up and run all tests, on real servers (ARGS="tests/core -x")
	@$(PYTHON) -m tests.services.browser >/dev/null || :
	$(PYTHON) -m pytest -n $(WORKERS) -rs $(ARGS)

venv: $(RUN) $(TEST) ## only set up: .venv/ with everything that demo and test need

run: $(RUN) ## web, worker and beat in one process for a small town, configured by IKB_… (see .env.example)
	@exec $(PYTHON) -m ikb run $(ARGS)

migrate: $(RUN) ## bring the database of IKB_DATABASE_URL to the newest shape
	$(PYTHON) -m flask --app wsgi db upgrade

lint: $(LINT) ## style of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TEST) $(LINT) ## types, strictly
	$(BIN)/mypy

imports: $(LINT) ## who may import whom
	$(BIN)/lint-imports

fix: $(LINT) ## format, and correct what can be corrected without thinking
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint types imports test ## what must hold before a commit

bench: venv ## measure against the anchors in bench/ (ARGS="submit")
	$(PYTHON) -m bench $(ARGS)

drills: venv ## kill processes and count what is lost, with figures
	IKB_DRILLS=full $(PYTHON) -m pytest -m drill -n 0 -rs -s --timeout 1800 $(ARGS)

lock: $(RUN) ## compute the exact versions anew from requirements/*.in
	@for set in bootstrap build run test lint prod; do \
	  echo "requirements/$$set.txt"; \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --no-emit-index-url --no-emit-find-links requirements/$$set.in -o requirements/$$set.txt || exit 1; \
	done

# Steps of the set-up. uv is quick; where it cannot be had, pip does the same slowly.

define install
@$(BIN)/uv pip install --quiet --python $(PYTHON) $1 $2 || { \
  echo "uv did not manage; pip takes over, which is slower." >&2; $(PYTHON) -m pip install --quiet $1 $3; }
endef
wheels = $(call install,--require-hashes $(foreach set,$1,-r requirements/$(set).txt),--no-build --compile-bytecode,--only-binary :all:)

# The egg-info that setuptools makes on the way lies in .venv/ too: the set-up leaves nothing else behind.
$(RUN): $(CHOSEN) requirements/build.txt requirements/run.txt pyproject.toml
	$(call wheels,build run)
	@printf '[egg_info]\negg_base = %s\n' "$(CURDIR)/.venv" > .venv/setup.cfg
	@export DIST_EXTRA_CONFIG="$(CURDIR)/.venv/setup.cfg"; $(subst @,,$(call install,--no-deps --no-build-isolation -e .))
	@touch $@

$(TEST): $(RUN) requirements/test.txt
	$(call wheels,test)
	@touch $@

$(LINT): $(RUN) requirements/lint.txt
	$(call wheels,lint)
	@touch $@

$(CHOSEN): requirements/bootstrap.txt
	@command -v $(PY) >/dev/null || { echo "$(PY) fehlt. ikb braucht Python 3.11, 3.12 oder 3.13 (Wahl: make test PY=python3.12)." >&2; \
	  echo "$(PY) not found. ikb needs Python 3.11, 3.12 or 3.13 (choose: make test PY=python3.12)." >&2; exit 1; }
	@$(PY) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { v=`$(PY) --version 2>&1`; \
	  echo "$$v passt nicht. ikb braucht Python 3.11, 3.12 oder 3.13 (Wahl: make test PY=python3.12)." >&2; \
	  echo "$$v will not do. ikb needs Python 3.11, 3.12 or 3.13 (choose: make test PY=python3.12)." >&2; exit 1; }
	@$(PY) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Diesem Python fehlt das Modul venv. Unter Debian und Ubuntu: apt install python3-venv" >&2; \
	  echo "This Python lacks the module venv. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv with $$($(PY) --version)"
	@rm -f .venv/.stamp-*
	@version='import sys; print(sys.version)'; \
	if [ -x $(PYTHON) ] && [ "$$($(PYTHON) -c "$$version")" != "$$($(PY) -c "$$version")" ]; then clear=--clear; fi; \
	$(PY) -m venv $$clear .venv
	@$(PYTHON) -m pip install --quiet --require-hashes --only-binary :all: -r requirements/bootstrap.txt || :
	@touch $@
