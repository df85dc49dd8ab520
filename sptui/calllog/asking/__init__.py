"""The engines that answer the questions: SQLite, DuckDB, and whatever SQLAlchemy reaches."""
