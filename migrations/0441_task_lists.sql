-- Numbers grow, so an index in falling order splits each of its pages in the middle and is left half empty: these were nearly twice as
-- large as they need be, and the database took the index of all numbers, with the wrong rows in between, for cheaper. In rising
-- order they are filled, and are read backwards just as well.
DROP INDEX task_by_user;
CREATE INDEX task_by_user ON task (user_id, id);
DROP INDEX task_by_project;
CREATE INDEX task_by_project ON task (project_id, id);
DROP INDEX task_by_name;
CREATE INDEX task_by_name ON task (name, id);
DROP INDEX task_roots;
CREATE INDEX task_roots ON task (id) WHERE batch_of IS NULL;
DROP INDEX task_of_nobody;
CREATE INDEX task_of_nobody ON task (id) WHERE user_id IS NULL AND batch_of IS NULL;
DROP INDEX task_unsuccessful;
CREATE INDEX task_unsuccessful ON task (status, id) WHERE status IN ('FAILURE', 'REVOKED');
DROP INDEX task_unsuccessful_by_user;
CREATE INDEX task_unsuccessful_by_user ON task (user_id, status, id) WHERE status IN ('FAILURE', 'REVOKED');
DROP INDEX task_unsuccessful_by_project;
CREATE INDEX task_unsuccessful_by_project ON task (project_id, status, id) WHERE status IN ('FAILURE', 'REVOKED');
DROP INDEX query_result_plan;
CREATE INDEX query_result_plan ON query_result (project_id, plan_digest, id);
