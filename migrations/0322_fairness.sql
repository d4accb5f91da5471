-- Who goes first. A message is leave to run a task of its queue, as a rule the one that it names.
-- 0: somebody waits for it; 1: indexing; 2: housekeeping.
ALTER TABLE task ADD COLUMN priority smallint NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 2);
-- It has no message: a limit or a pause kept it from being run, and it is announced again when that may have ended.
ALTER TABLE task ADD COLUMN held boolean NOT NULL DEFAULT false;
CREATE INDEX task_held ON task (project_id, id) WHERE held;
CREATE INDEX task_held_of_user ON task (user_id, id) WHERE held;
CREATE INDEX task_running_of_project ON task (project_id) WHERE status = 'STARTED';
CREATE INDEX task_running_of_user ON task (user_id) WHERE status = 'STARTED';
-- The first of each project that waits, without looking at the others: tasks without a project are those of project 0.
CREATE INDEX task_lanes ON task (queue, priority, coalesce(project_id, 0), id)
    WHERE status IN ('PENDING', 'RETRY') AND NOT batch_open;

-- How many tasks may run at a time, and queues whose tasks do not run for now; exactly one row.
CREATE TABLE running_limit (
    id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    per_project integer NOT NULL DEFAULT 50 CHECK (per_project BETWEEN 1 AND 10000),
    per_user integer NOT NULL DEFAULT 50 CHECK (per_user BETWEEN 1 AND 10000),
    paused text[] NOT NULL DEFAULT '{}' CHECK (paused <@ ARRAY['quick', 'long', 'heavy'])
);
INSERT INTO running_limit (id) VALUES (1);
