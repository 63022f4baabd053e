# make run: the main job. make test: what must pass. Both set up what is missing.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export UV_LINK_MODE := copy
export ANONYMIZED_TELEMETRY := False
# Byte code is kept, whatever the shell says: compiling 2,000 modules would cost every command six seconds.
export PYTHONDONTWRITEBYTECODE :=

# What the first `make run` and every `steward` command import: compiled once, here, and not while somebody waits.
STARTS := server cli agents.understanding.training agents.understanding.llm alembic.command chromadb dbos \
  knowledge.e5_weights knowledge.ingest knowledge.remembering langchain_openai langgraph.checkpoint.postgres.aio \
  langgraph.checkpoint.sqlite.aio llama_index.vector_stores.chroma onnx onnxruntime psycopg_pool rich.progress \
  sentencepiece sklearn.linear_model uvicorn.loops.auto uvicorn.protocols.http.auto
comma := ,

.PHONY: run test setup setup-dev lock lint types imports check bench eval readme clean

run: setup
	@$(BIN)/steward serve

setup: $(VENV)/.runtime

setup-dev: $(VENV)/.dev

$(BIN)/uv: requirements-bootstrap.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
	@touch $@

$(VENV)/.runtime: $(BIN)/uv requirements.lock pyproject.toml
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --python $(BIN)/python -q --no-deps --no-build-isolation -e .
	@$(BIN)/python -c "import $(subst $() ,$(comma) ,$(strip $(STARTS)))"
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

test: setup-dev check
	@$(BIN)/python -m pytest

check: setup-dev lint types imports

lint:
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types:
	@$(BIN)/mypy

imports:
	@$(BIN)/lint-imports

# Latency, memory and cold start beside a bare server of the same frameworks (tests/bench).
bench: setup-dev
	@$(BIN)/python -m tests.bench.bench_server

# The project's own development sets, reported by intent and aspect (tests/evals).
eval: setup-dev
	@$(BIN)/steward eval

# The table of settings in README.md, from core/settings.py.
readme: setup
	@$(BIN)/python -m core.settings_table README.md

lock:
	@test -x $(BIN)/uv || $(MAKE) $(BIN)/uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --python-version 3.11 pyproject.toml requirements-build.in -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --python-version 3.11 pyproject.toml requirements-build.in --extra dev -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --python-version 3.11 requirements-bootstrap.in -o requirements-bootstrap.lock

clean:
	rm -rf $(VENV) var
