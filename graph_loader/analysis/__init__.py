"""Pure functions from graphs and frames to result tables; no store, no file."""
