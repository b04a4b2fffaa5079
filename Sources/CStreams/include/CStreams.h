// Nothing to call: see streams.c.
