-- Batches: a task that waits for its children. It is RETRY with an attempt far in the future and `batch_open`, so that whoever
-- does not know of batches leaves it alone; when its last child has ended it may run at once.
ALTER TABLE task ADD COLUMN batch_of bigint REFERENCES task ON DELETE CASCADE;
-- Which of the children, from 0.
ALTER TABLE task ADD COLUMN batch_index integer;
-- Of the parent: how many children, whether it still waits for them, and what it left itself to go on with.
ALTER TABLE task ADD COLUMN batch_size integer;
ALTER TABLE task ADD COLUMN batch_open boolean NOT NULL DEFAULT false;
ALTER TABLE task ADD COLUMN batch_then jsonb;
ALTER TABLE task ADD CONSTRAINT task_child_has_its_place
    CHECK ((batch_of IS NULL) = (batch_index IS NULL)) NOT VALID;
CREATE INDEX task_children ON task (batch_of, id) WHERE batch_of IS NOT NULL;
CREATE INDEX task_unfinished_children ON task (batch_of, id)
    WHERE batch_of IS NOT NULL AND status IN ('PENDING', 'STARTED', 'RETRY');
CREATE INDEX task_open_batches ON task (id) WHERE batch_open;

-- An attempt may also end by splitting its work, or by wishing to be run later, which is no failure.
ALTER TABLE task_attempt DROP CONSTRAINT task_attempt_outcome_check;
ALTER TABLE task_attempt ADD CONSTRAINT task_attempt_outcome_check CHECK (
    outcome IN ('success', 'failure', 'retry', 'revoked', 'lost', 'released', 'split', 'snoozed')) NOT VALID;
