"""Reading logs that other programs wrote: JSON Lines, CSV, HAR, access logs; plain, compressed, growing."""
