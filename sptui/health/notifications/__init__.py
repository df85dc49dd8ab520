"""ACCOUNT_STATUS_CHANGED: set up at Amazon, read from an SQS queue or a file, kept as history."""
