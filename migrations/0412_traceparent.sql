-- The span that a task goes on with, in the form of W3C Trace Context. It is kept with the task and not in its message, for a
-- message is leave to run any task of its queue.
ALTER TABLE task ADD COLUMN traceparent text CHECK (char_length(traceparent) <= 55);
