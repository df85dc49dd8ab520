"""The screen: draws and asks, decides nothing."""
