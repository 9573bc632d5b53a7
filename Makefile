# make demo    set up and run a whole session on the bundled series, with no key, no Docker and no network beyond packages
# make test    set up and pass the tests that this machine can run
# make fast    the tests that start no process of their own: within a minute, while you work
# make setup   .venv with `argosy` in .venv/bin
# make check   formatting, lint, strict types, import layers, generated docs, tests: what CI runs
# make docs    write into docs/ what is generated there: commands, tables, drawings
# make site    the documentation as a site, in build/site; a link that leads nowhere fails
# make lock    renew requirements.lock after a change of the dependencies in pyproject.toml

PYTHON ?= python3
BIN := .venv/bin
# Three at once by group, as tests/conftest.py says: they wait more than they compute, and count containers.
STARTS_PROCESSES := docker or namespaces or network or model or postgres or prometheus or slow

# Tests start Python hundreds of times: without compiled files each start would compile Argosy anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test fast check lint lock docs site clean

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml setup.sh
	PYTHON="$(PYTHON)" sh setup.sh
	touch .venv/ready

demo: setup
	$(BIN)/argosy demo

test: setup
	$(BIN)/python -m pytest -n auto --maxprocesses 4 -m "not ($(STARTS_PROCESSES))" --hypothesis-profile thorough
	$(BIN)/python -m pytest -n 3 --dist loadgroup -m "$(STARTS_PROCESSES)"

fast: setup
	$(BIN)/python -m pytest -n auto --maxprocesses 4 -m "not ($(STARTS_PROCESSES))"

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m argosy.documentation check

check: lint test

docs: setup
	$(BIN)/python -m argosy.documentation write

site: setup
	rm -rf build/site
	$(BIN)/python -m argosy.documentation gather build/pages
	$(BIN)/zensical build --strict --clean
	$(BIN)/python -m argosy.documentation site build/site

lock: setup
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --extra dev --generate-hashes --no-header --no-annotate \
		pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .cache build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
