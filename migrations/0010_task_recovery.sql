-- Retried tasks, and dead letters that are committed together with the end they tell of.

-- The task that this one repeats.
ALTER TABLE task ADD COLUMN retry_of bigint REFERENCES task ON DELETE SET NULL;
CREATE INDEX task_retry_of ON task (retry_of) WHERE retry_of IS NOT NULL;

-- Where a message goes: to its queue, or to the dead letters of its queue.
ALTER TABLE outbox ADD COLUMN destination text NOT NULL DEFAULT 'queue'
    CHECK (destination IN ('queue', 'dead'));
