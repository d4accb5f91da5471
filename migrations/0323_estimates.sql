-- How long a task is expected to run: where nothing else limits it, it may run for a multiple of that.
ALTER TABLE task ADD COLUMN estimated_seconds double precision CHECK (estimated_seconds >= 0);
