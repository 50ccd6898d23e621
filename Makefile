# `make demo` and `make test` need only make and Python 3.11; everything else is set up in .venv from requirements.lock.

VENV := .venv
BIN := $(VENV)/bin
PLUGINS := $(wildcard plugins/*/pyproject.toml)
# A file stays on one worker: what its fixtures build or start is there once. (Under pytest 9.2 xdist 3.8 ignores the
# marks of loadgroup, as it sets an attribute that is gone.)
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/benchmarks
# More for pytest, such as ARGS='-k queue'.
ARGS :=
# Inputs that `make fuzz` tries, and on which readers: those of the modules tests/fuzz/fuzz_NAME.py.
RUNS ?= 20000
READERS ?= $(patsubst tests/fuzz/fuzz_%.py,%,$(wildcard tests/fuzz/fuzz_*.py))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv demo test test-unit lint format bench bench-peers soak fuzz downstream docs man index lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

venv: $(VENV)/installed ## set up .venv

$(VENV)/locked: requirements.lock
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "qsfilter needs Python 3.11 or newer as python3; found: $$(python3 --version 2>/dev/null || echo none)" >&2; exit 1; }
	@python3 -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "getting the Debian package python3-venv"; tests/install-debian.sh python3-venv; }
	python3 -m venv --clear $(VENV)
# Python 3.11 puts an old setuptools into every new venv: with it `import clamd` takes 125 ms instead of 17.
	@if [ -n "$$($(BIN)/python -c 'import importlib.util as u; print(u.find_spec("setuptools") or "")')" ]; then \
		$(BIN)/python -m pip uninstall -q -y setuptools; fi
	@echo "getting the packages of requirements.lock, once; it takes a minute or two"
	$(BIN)/python -m pip install -q --only-binary :all: --require-hashes -r requirements.lock
	@touch $@

# Two steps, as pip refuses -e under --require-hashes.
$(VENV)/installed: $(VENV)/locked pyproject.toml scripts/qsfilter-queue $(PLUGINS)
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation --no-index -e . $(PLUGINS:%/pyproject.toml=-e %)
# pip drops the -I from the wrapper's first line; without it each message pays for a second start of Python.
	@sed -i '1s/python[0-9.]*$$/& -I/' $(BIN)/qsfilter-queue
	@$(BIN)/python -m compileall -q qsfilter plugins/*/src
	@touch $@

demo: venv ## run the main job once, with no server: filter, deliver, print what happened
	@$(BIN)/qsfilter demo

test: venv ## every test; gets the Debian packages they need
	@tests/install-debian.sh $$(grep -v '^#' tests/requirements-debian.txt)
	@$(PYTEST) $(ARGS)

test-unit: venv ## the tests that need nothing installed
	@$(PYTEST) -m 'not servers and not slow' $(ARGS)

lint: venv ## every check that runs no test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: venv ## mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: venv ## measure, beside what it is compared with; QUICK=1 for a glance
	@tests/install-debian.sh $$(grep -v '^#' tests/benchmarks/requirements-debian.txt)
	@$(BIN)/python -m pytest tests/benchmarks $(ARGS)
	@PYTHONPATH=tests/benchmarks $(BIN)/python -m throughput $(if $(QUICK),--quick)

bench-peers: venv ## measure beside amavis, clamav-milter, FuGlu and rspamd; as root
	@tests/install-debian.sh $$(grep -hv '^#' tests/benchmarks/requirements-debian.txt tests/benchmarks/requirements-peers.txt)
	@PYTHONPATH=tests/benchmarks $(BIN)/python -m throughput --peers $(if $(QUICK),--quick)

soak: venv ## the reliability tests in full, forty minutes or more; writes docs/reference/reliability.md anew
	@tests/install-debian.sh $$(grep -v '^#' tests/requirements-debian.txt)
	@mkdir -p build && rm -f build/figures
	@QSFILTER_SOAK=1 QSFILTER_FIGURES=$(CURDIR)/build/figures $(PYTEST) --timeout 7200 tests/reliability tests/fuzz $(ARGS)
	@$(BIN)/python tests/reliability/page.py build/figures

# In a venv of its own, as atheris stands in no lock: nothing else needs it, and not every Python has it.
.venv-fuzz/installed:
	python3 -m venv --clear .venv-fuzz
	.venv-fuzz/bin/python -m pip install -q atheris pluggy compressed-rtf inflate64 zstandard
	@touch $@

fuzz: .venv-fuzz/installed ## try RUNS changed inputs on each of the readers (READERS='mime zip', else all)
	@mkdir -p build
	@for reader in $(READERS); do echo "fuzz $$reader"; \
		PYTHONPATH=.:plugins/qsfilter-tnef/src:plugins/qsfilter-archive/src .venv-fuzz/bin/python tests/fuzz/fuzz.py \
		$$reader -runs=$(RUNS) -max_len=8192 -artifact_prefix=build/$$reader- build/fuzz-$$reader || exit 1; done

test-wheels: venv ## the tests against wheels, with no source of ours in reach; those with servers and slow ones by ARGS='-m ""'
	@PYTHONPATH=scripts $(BIN)/python tests/packaging/from_wheels.py -q -n 2 --dist loadfile -m 'not servers and not slow' $(ARGS)

# WHEELS is a folder with wheels and sdists of plugins; without it they are built from the last release.
downstream: venv ## the tests of plugins of the last release, or of WHEELS=FOLDER, against this core
	@$(BIN)/python scripts/downstream.py $(if $(WHEELS),--wheels $(WHEELS)) -q -n 2 --dist loadfile $(ARGS)

docs: venv ## the documentation, in build/docs
	$(BIN)/sphinx-build -q -W -n docs build/docs

man: venv ## write the man pages in docs/man anew, from parsers and reference
	$(BIN)/python scripts/man_pages.py

index: venv ## print plugins/README.md anew, from the plugins' metadata
	@mkdir -p build
	@$(BIN)/python scripts/index_plugins.py > build/plugins.md
	@mv build/plugins.md plugins/README.md

lock: ## make requirements.lock anew; needs uv on PATH
	uv lock --upgrade
	uv export -q --all-packages --all-extras --group dev --group docs --no-emit-workspace --no-header --no-annotate -o requirements.lock

clean: ## remove what was made
	rm -rf $(VENV) .venv-fuzz build dist plugins/*/dist .coverage .coverage.* .hypothesis .*_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
