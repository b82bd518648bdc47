# CX Wiki: everything a newcomer needs. `make run` and open http://127.0.0.1:8000
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data/main

.PHONY: run demo test check bench setup setup-dev format translations clean

run: setup
	CXWIKI_DATA=$(DATA) $(BIN)/cxwiki serve --port $(PORT)

demo: setup
	CXWIKI_DATA=data/demo $(BIN)/cxwiki demo --port $(PORT)

test: setup-dev
	sh tests/browser/install-chromium.sh
	CXWIKI_TEST_DATABASE=sqlite $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
	CXWIKI_TEST_DATABASE=postgres $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not browser"

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint templates --quiet
	$(BIN)/python -m pytest tests/architecture

bench: setup-dev
	$(BIN)/python -m bench

setup: $(VENV)/.installed $(VENV)/.translated

setup-dev: $(VENV)/.installed-dev $(VENV)/.translated

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

translations: setup-dev
	$(BIN)/pybabel -q extract -F babel.cfg -k _l --no-location --sort-output --project "CX Wiki" -o $(VENV)/messages.pot .
	$(BIN)/pybabel -q update -i $(VENV)/messages.pot -d cxwiki/translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 100

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The stamps make a second start quick: nothing is installed unless these files changed.
$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	touch $@

$(VENV)/.translated: $(wildcard cxwiki/translations/*/LC_MESSAGES/messages.po) | $(VENV)/.installed
	$(BIN)/pybabel -q compile -d cxwiki/translations
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis
