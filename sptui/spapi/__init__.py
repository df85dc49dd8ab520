"""The wire: regions and marketplaces, the catalogue of operations, LWA tokens, usage plans, one call."""
