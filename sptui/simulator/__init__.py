"""An SP-API on this machine: the same operations, errors and quirks, from a described world."""
