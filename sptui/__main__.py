"""``python -m sptui``."""

from sptui.cli.main import main

main()
