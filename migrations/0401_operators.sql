-- Lists of tasks that leave out the parts of batches, and lists by name.
CREATE INDEX task_roots ON task (id DESC) WHERE batch_of IS NULL;
-- Those of the service itself: periodic and automatic ones.
CREATE INDEX task_of_nobody ON task (id DESC) WHERE user_id IS NULL AND batch_of IS NULL;
CREATE INDEX task_by_name ON task (name, id DESC);

-- How many tasks may wait, where an administrator has set it; the API's own settings hold where nobody has.
ALTER TABLE running_limit ADD COLUMN waiting_per_user integer CHECK (waiting_per_user BETWEEN 1 AND 1000000);
ALTER TABLE running_limit ADD COLUMN waiting_per_project integer CHECK (waiting_per_project BETWEEN 1 AND 1000000);
