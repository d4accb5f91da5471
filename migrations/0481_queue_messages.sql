-- A queue service in the database itself, for installations that have no other (`QUEUE_TRANSPORT=postgres`). Its messages are what they
-- are everywhere: leave to run a task of a queue. A row is deleted once its message has been dealt with.

CREATE TABLE queue_message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL CHECK (queue IN ('quick', 'long', 'heavy')),
    -- It was given up and waits for an operator.
    is_dead boolean NOT NULL DEFAULT false,
    body text NOT NULL CHECK (octet_length(body) <= 262144),
    -- The project whose task it announces.
    message_group bigint,
    -- The lowest is delivered first. The messages of one group lie a minute apart, so that a group with few overtakes one with many.
    turn timestamptz NOT NULL DEFAULT now(),
    -- Whether anybody may have it. One that is hidden may be had from `visible_at` on.
    is_visible boolean NOT NULL DEFAULT true,
    visible_at timestamptz NOT NULL DEFAULT now(),
    -- How often it was delivered. With the number it names a delivery.
    receives integer NOT NULL DEFAULT 0 CHECK (receives >= 0),
    sent_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
-- What is delivered next, whatever the number of those that wait, are hidden or dead.
CREATE INDEX queue_message_turns ON queue_message (queue, is_dead, turn, id) WHERE is_visible;
-- What is to be seen again next.
CREATE INDEX queue_message_hidden ON queue_message (queue, is_dead, visible_at) WHERE NOT is_visible;
-- The last turn of a group.
CREATE INDEX queue_message_groups ON queue_message (queue, message_group, turn) WHERE NOT is_dead AND message_group IS NOT NULL;
