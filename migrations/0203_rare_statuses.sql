-- Lists of tasks by a status that few have. Unfinished ones have `task_unfinished`; most of the others are SUCCESS.
CREATE INDEX task_unsuccessful ON task (status, id DESC) WHERE status IN ('FAILURE', 'REVOKED');
CREATE INDEX task_unsuccessful_by_user ON task (user_id, status, id DESC) WHERE status IN ('FAILURE', 'REVOKED');
CREATE INDEX task_unsuccessful_by_project ON task (project_id, status, id DESC) WHERE status IN ('FAILURE', 'REVOKED');
