-- How many messages of a task are leave for another one: messages of others ran this one before its turn, and were used up. A message
-- about a task that runs or has ended and owes nothing was delivered twice, and is leave for nothing.
ALTER TABLE task ADD COLUMN leaves integer NOT NULL DEFAULT 0 CHECK (leaves >= 0);
