-- Runs that were skipped have no task that goes with them: the clean-up finds them by their age.
CREATE INDEX schedule_execution_skipped ON schedule_execution (created_at) WHERE task_id IS NULL;
