-- How many tasks of a user or a project wait, which each submission asks.
CREATE INDEX task_waiting_of_user ON task (user_id) WHERE status IN ('PENDING', 'RETRY');
CREATE INDEX task_waiting_of_project ON task (project_id) WHERE status IN ('PENDING', 'RETRY');
