# Two commands: make run, make test. Everything else helps those who build the portal.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

unexport PYTHONDONTWRITEBYTECODE  # the suite starts fifty processes: one compiles for all

.PHONY: run test test-long lint bench screenshots demo-reset

run: $(VENV)/run.done
	@$(MANAGE) prepare --demo
	@exec $(MANAGE) serve

test: $(VENV)/dev.done
	@$(BIN)/python -m pytest -n 2 $(ARGS)

test-long: $(VENV)/dev.done
	@$(BIN)/python -m pytest -n 2 --run-long $(ARGS)

lint: $(VENV)/dev.done
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint --lint --quiet templates
	@$(MANAGE) makemigrations --check --dry-run

bench: $(VENV)/dev.done
	@$(MANAGE) bench $(NAME)

screenshots: $(VENV)/dev.done
	@$(BIN)/python -m pytest tests/browser/test_screenshots.py --run-screenshots $(ARGS)

demo-reset:
	rm -rf var

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) || { echo "缺少 Python 的 venv：Debian/Ubuntu 请先装 python3-venv（apt install python3-venv），再运行一次"; rm -rf $(VENV); exit 1; }

$(VENV)/run.done: requirements/base.txt | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

$(VENV)/dev.done: requirements/dev.txt | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
