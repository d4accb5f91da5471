-- A part of a batch that takes far longer than its siblings gets a second attempt beside the first. Either may end the task; the
-- first that does so wins, and the other finds the task ended.
-- The older of two attempts that run at the same time; meaningful while the task is STARTED.
ALTER TABLE task ADD COLUMN beside integer;
-- It has been announced once more, and whoever takes it next runs the second attempt.
ALTER TABLE task ADD COLUMN wants_beside boolean NOT NULL DEFAULT false;
-- Such an attempt is none of those that the task has.
ALTER TABLE task_attempt ADD COLUMN is_second boolean NOT NULL DEFAULT false;
CREATE INDEX task_running_children ON task (batch_of) WHERE batch_of IS NOT NULL AND status = 'STARTED';
