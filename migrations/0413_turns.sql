-- A claim looks at the first of each project and user that wait, whatever their number and that of the tasks that run.
-- By the time from which a task may run, so that those whose next attempt is far off are not looked at.
DROP INDEX task_lanes;
CREATE INDEX task_turns ON task (queue, priority, coalesce(project_id, 0), coalesce(user_id, 0), coalesce(not_before, created_at), id)
    WHERE status IN ('PENDING', 'RETRY') AND NOT batch_open;
-- Those that wait with a message of their own, of which a message that is left over holds the first.
CREATE INDEX task_announced ON task (queue, coalesce(not_before, created_at))
    WHERE status IN ('PENDING', 'RETRY') AND NOT batch_open AND NOT held;
-- The next that is announced when another has ended.
DROP INDEX task_held;
DROP INDEX task_held_of_user;
CREATE INDEX task_held ON task (project_id, priority, id) WHERE held;
CREATE INDEX task_held_of_user ON task (user_id, priority, id) WHERE held;
