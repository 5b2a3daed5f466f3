# Everything a fresh machine with Python 3.11+ needs is set up by these three.
PYTHON ?= python3
.PHONY: run test check audit setup setup-dev format screenshots lock
.PHONY: check-style check-layers check-types check-weak-spots check-weak-spots-sql

run: setup
	@.venv/bin/python app.py run

test: setup-dev
	@.venv/bin/python scripts/setup.py browser
	@.venv/bin/python -m pytest -n 4 --dist loadscope --no-loadscope-reorder

# Beside each other: most of them keep one core busy.
check: setup-dev
	@$(MAKE) --no-print-directory -j 4 check-style check-layers check-types check-weak-spots check-weak-spots-sql audit

check-style:
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .

check-layers:
	@.venv/bin/lint-imports

check-types:
	@.venv/bin/basedpyright

check-weak-spots:
	@.venv/bin/bandit -q -c pyproject.toml -r app.py bench campaign cli dashboard demo geo layouts operations registry reports settings scripts

check-weak-spots-sql:
	@.venv/bin/bandit -q -c pyproject.toml --skip B404,B603,B607,B608 -r etl warehouse

# Is anything known against the packages that we pin? Asks a service; where it is out of reach it says so and passes.
audit: setup-dev
	@.venv/bin/python scripts/audit.py

# Of a centre that runs: `make run` beside it.
screenshots: setup-dev
	@.venv/bin/python app.py screenshots --out data/screenshots

setup:
	@$(PYTHON) scripts/setup.py run

setup-dev:
	@$(PYTHON) scripts/setup.py dev

format: setup-dev
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

lock:
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header requirements.in -o requirements.txt
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header requirements-dev.in -o requirements-dev.txt
