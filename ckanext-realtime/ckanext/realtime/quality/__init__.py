"""The quality of feeds in the open: scores, incidents, warnings, metrics."""
