"""The command line: thin, one file a command, each imported when it is called."""
