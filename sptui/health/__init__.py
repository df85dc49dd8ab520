"""Is this seller healthy: participations, account status, and the monitor that refreshes them."""
