"""Who sees a dataset: everybody, agents, those who are named; from when, and until when."""
