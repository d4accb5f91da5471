-- How often an attempt asked the object store for bytes. Nothing of attempts from before.
ALTER TABLE task_attempt ADD COLUMN requests bigint;
