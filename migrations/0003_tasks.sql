-- The task system. A task exists if and only if the transaction that wrote its row and its outbox row committed.
-- The attempt number is the fencing token: every write of a worker names it.

CREATE TABLE task (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    name text NOT NULL,
    queue text NOT NULL CHECK (queue IN ('quick', 'long', 'heavy')),
    kwargs jsonb NOT NULL CHECK (jsonb_typeof(kwargs) = 'object'),
    user_id bigint REFERENCES app_user ON DELETE CASCADE,
    project_id bigint REFERENCES project ON DELETE CASCADE,
    -- A repeated submission with the same key is the same task.
    idempotency_key text CHECK (char_length(idempotency_key) BETWEEN 1 AND 255),
    -- At most one unfinished task has a given key, e.g. one dimensions update a project.
    exclusive_key text,
    status text NOT NULL DEFAULT 'PENDING'
        CHECK (status IN ('PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED')),
    attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    max_attempts integer NOT NULL CHECK (max_attempts >= 1),
    not_before timestamptz,
    lease_expires_at timestamptz,
    worker text,
    result jsonb,
    progress_phase text,
    progress_fraction double precision CHECK (progress_fraction BETWEEN 0 AND 1),
    cancel_requested_at timestamptz,
    cancel_requested_by bigint REFERENCES app_user ON DELETE SET NULL,
    request_id text,
    -- The task that this one repeats.
    retry_of bigint REFERENCES task ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT task_lease_while_started
        CHECK ((status = 'STARTED') = (lease_expires_at IS NOT NULL)),
    CONSTRAINT task_finished_when_final
        CHECK ((status IN ('SUCCESS', 'FAILURE', 'REVOKED')) = (finished_at IS NOT NULL)),
    CONSTRAINT task_result_when_ended
        CHECK (status NOT IN ('SUCCESS', 'FAILURE') OR result IS NOT NULL)
);
CREATE UNIQUE INDEX task_idempotency_key ON task (user_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX task_exclusive_key ON task (exclusive_key)
    WHERE exclusive_key IS NOT NULL AND status IN ('PENDING', 'STARTED', 'RETRY');
CREATE INDEX task_by_user ON task (user_id, id DESC);
CREATE INDEX task_by_project ON task (project_id, id DESC);
-- Not on the lease: its renewal must not touch an index.
CREATE INDEX task_unfinished ON task (id) WHERE status IN ('PENDING', 'STARTED', 'RETRY');
CREATE INDEX task_created_at ON task (created_at);
CREATE INDEX task_retry_of ON task (retry_of) WHERE retry_of IS NOT NULL;

-- Statuses only move forwards, whatever a program does.
CREATE FUNCTION task_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('SUCCESS', 'FAILURE', 'REVOKED')
       AND (NEW.status <> OLD.status OR NEW.result IS DISTINCT FROM OLD.result) THEN
        RAISE EXCEPTION 'task % has ended as %', OLD.id, OLD.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'task_has_ended';
    END IF;
    IF NEW.attempt < OLD.attempt THEN
        RAISE EXCEPTION 'task %: attempt % would go back to %', OLD.id, OLD.attempt, NEW.attempt
            USING ERRCODE = 'check_violation', CONSTRAINT = 'task_attempt_forwards';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER task_guard BEFORE UPDATE ON task FOR EACH ROW EXECUTE FUNCTION task_guard();

CREATE TABLE task_attempt (
    task_id bigint NOT NULL REFERENCES task ON DELETE CASCADE,
    attempt integer NOT NULL CHECK (attempt >= 1),
    worker text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    outcome text CHECK (outcome IN ('success', 'failure', 'retry', 'revoked', 'lost', 'released')),
    error text,
    -- What it cost, written with its end. Nothing is known of an attempt whose worker was lost.
    bytes_read bigint,
    bytes_written bigint,
    cpu_seconds double precision,
    PRIMARY KEY (task_id, attempt),
    CONSTRAINT task_attempt_outcome_when_finished CHECK ((finished_at IS NULL) = (outcome IS NULL))
);

-- Messages that are still to be sent. A row is deleted once the queue has accepted its message.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id bigint NOT NULL REFERENCES task ON DELETE CASCADE,
    queue text NOT NULL CHECK (queue IN ('quick', 'long', 'heavy')),
    -- To the queue itself, or to its dead letters.
    destination text NOT NULL DEFAULT 'queue' CHECK (destination IN ('queue', 'dead')),
    send_after timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_due ON outbox (send_after);
CREATE INDEX outbox_task ON outbox (task_id);

-- Processes that run tasks. A row whose heartbeat is old belongs to a process that has died.
CREATE TABLE worker_instance (
    id text PRIMARY KEY,
    kind text NOT NULL,
    version text NOT NULL,
    queues text[] NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    last_heartbeat timestamptz NOT NULL DEFAULT now()
);

-- The pause switch for submissions; exactly one row.
CREATE TABLE queue_status (
    id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    is_closed boolean NOT NULL DEFAULT false,
    scheduled_start timestamptz,
    reason_for_users text CHECK (char_length(reason_for_users) <= 500),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT queue_status_reason_when_closed CHECK (NOT is_closed OR reason_for_users <> ''),
    CONSTRAINT queue_status_schedule_when_closed CHECK (is_closed OR scheduled_start IS NULL)
);
INSERT INTO queue_status (id) VALUES (1);
