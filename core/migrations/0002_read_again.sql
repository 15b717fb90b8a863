-- message.degraded counts from here on: 0 the overview was read whole, 1 its first answer was not, each further try adds one.

CREATE INDEX message_degraded ON message (id) WHERE degraded > 0;
