"""The planning of updates: who is in charge of each dataset, and when it is due."""
