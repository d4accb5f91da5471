-- Schedules: what runs when, and what came of it.

CREATE TABLE schedule (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL CONSTRAINT schedule_key_once UNIQUE
        CONSTRAINT schedule_key_shape CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    -- From a language code to a name.
    display_names jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(display_names) = 'object'),
    task_name text NOT NULL,
    queue text NOT NULL CHECK (queue IN ('quick', 'long', 'heavy')),
    max_attempts integer NOT NULL CHECK (max_attempts >= 1),
    kwargs jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(kwargs) = 'object'),
    -- Five fields: minute, hour, day of month, month, day of week.
    cron text,
    interval_seconds bigint CHECK (interval_seconds >= 1),
    time_zone text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    -- A run that is later than this is skipped.
    misfire_grace_seconds integer NOT NULL DEFAULT 3600 CHECK (misfire_grace_seconds >= 1),
    -- Of several runs that were missed, only the last is made up for.
    coalesce boolean NOT NULL DEFAULT true,
    max_overlapping integer NOT NULL DEFAULT 1 CHECK (max_overlapping >= 1),
    built_in boolean NOT NULL DEFAULT false,
    next_run_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT schedule_cron_or_interval CHECK ((cron IS NULL) <> (interval_seconds IS NULL))
);
CREATE TRIGGER schedule_touch BEFORE UPDATE ON schedule
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- A run that was due. Whoever finds it due makes this row, so that it runs once. How it ended is its task's row.
CREATE TABLE schedule_execution (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    schedule_id bigint NOT NULL REFERENCES schedule ON DELETE CASCADE,
    scheduled_for timestamptz NOT NULL,
    made_by text NOT NULL CHECK (made_by IN ('timer', 'hand')),
    task_id bigint REFERENCES task ON DELETE CASCADE,
    skipped_because text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT schedule_execution_once UNIQUE (schedule_id, scheduled_for),
    CONSTRAINT schedule_execution_run_or_skipped CHECK ((task_id IS NULL) <> (skipped_because IS NULL))
);
CREATE INDEX schedule_execution_task ON schedule_execution (task_id);
