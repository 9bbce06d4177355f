# Works in any folder, under any locale, and without network once installed.
# GNU make 3.81 or later; on Windows from Git Bash.

ifeq ($(OS),Windows_NT)
PYTHON3 ?= python
PYTHON = .venv/Scripts/python.exe
else
PYTHON3 ?= python3
PYTHON = .venv/bin/python
endif
PYTEST = $(PYTHON) -m pytest -q -n auto --dist loadfile

# Text is UTF-8 whatever the locale says; pip installs into .venv whatever its settings say.
export PYTHONUTF8 = 1
export PIP_USER = 0
export PIP_DISABLE_PIP_VERSION_CHECK = 1

# .venv is mended when one of these two files has changed, and made anew when the folder has moved.
PLACE := $(shell pwd -P | cksum)
WANTED := $(PLACE) $(shell cat requirements.lock pyproject.toml | cksum)
FOUND := $(shell cat .venv/installed 2>/dev/null)
ifneq ($(WANTED),$(FOUND))
.PHONY: .venv/installed
endif

.PHONY: help setup report demo test test-slow check lab bench gallery lock clean

help: ## list these targets
	@echo 'make TARGET, or make PYTHON3=python3.12 TARGET to set up with another Python'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

setup: .venv/installed ## make .venv only, with what requirements.lock pins
	@echo ".venv is ready: $$($(PYTHON) --version)"

report: .venv/installed ## reconcile the Huzhou plan and analyse a real quarter: figures and pages in outputs/
	$(PYTHON) -m h1224lib run --plan huzhou-1224 --out outputs
	$(PYTHON) -m h1224lib run --plan dazhou-2019 --period 2019Q1 --out outputs

demo: .venv/installed ## count the demonstration ledger, made up, and analyse its quarter: outputs/demo/
	$(PYTHON) -m h1224lib run --demo --out outputs

test: .venv/installed ## run the fast tests, documentation examples and notebooks included
	$(PYTEST) -m "not slow" --nbval-lax --nbval-current-env tests h1224lib notebooks/*.ipynb

test-slow: .venv/installed ## run the slow tests
	$(PYTEST) -m slow tests

check: .venv/installed ## check format, lint and types
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy

lab: .venv/installed ## open JupyterLab on copies of the notebooks
	$(PYTHON) -m h1224lib lab

bench: .venv/installed ## run every benchmark in benchmarks/
	@for file in benchmarks/*.py; do \
		if test -e "$$file"; then echo "$$file"; $(PYTHON) "$$file" || exit 1; \
		else echo 'benchmarks/ holds no benchmark yet'; fi; \
	done

gallery: .venv/installed ## draw every chart, both languages, on real, made-up and edge data: outputs/gallery/
	PYTHONPATH=tests $(PYTHON) tools/make_gallery.py outputs/gallery

lock: .venv/installed ## pin anew what pyproject.toml asks for (UPGRADE=--upgrade for the newest); needs network
	$(PYTHON) -m pip install --quiet --upgrade --target build/lock 'uv>=0.9'
	build/lock/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --extra dev $(UPGRADE) \
		--custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml

clean: ## remove .venv, caches and builds; outputs/ stays
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find h1224lib tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/installed: requirements.lock pyproject.toml
	@"$(PYTHON3)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'h1224 needs Python 3.11 or later: install it, or name it: make PYTHON3=python3.12 setup' >&2; \
		exit 1; }
	@case '$(FOUND)' in ''|'$(PLACE)'*) $(PYTHON) -c '' ;; *) false ;; esac 2>/dev/null || rm -rf .venv
	@test -e $(PYTHON) || echo 'Installing into .venv: a minute or more the first time'
	@test -e $(PYTHON) || if "$(PYTHON3)" -c 'import ensurepip, venv' 2>/dev/null; then \
		"$(PYTHON3)" -m venv .venv; \
	elif "$(PYTHON3)" -c 'import pip, venv' 2>/dev/null; then \
		"$(PYTHON3)" -m venv --without-pip .venv \
			&& "$(PYTHON3)" -m pip --python $(PYTHON) install --quiet pip; \
	else \
		echo 'h1224 needs the venv module of Python: on Debian and Ubuntu, apt install python3-venv' >&2; \
		exit 1; \
	fi
	@echo '$(PLACE)' > $@
	@{ $(PYTHON) -m pip install --quiet --require-hashes -r requirements.lock \
		&& $(PYTHON) -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .; } || { \
		echo 'The installation stopped, for the reason above; make setup goes on from here' >&2; \
		exit 1; }
	@echo '$(WANTED)' > $@
