-- When a task that waits was announced again because its message may be lost. When it could first run is `not_before`, so that
-- how long it has waited stays true.
ALTER TABLE task ADD COLUMN announced_at timestamptz;
