"""Who else gets this error: the log of every call."""
