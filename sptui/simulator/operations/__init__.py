"""What each operation answers, one module a subject."""
