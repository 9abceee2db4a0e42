"""Who publishes: the tree of organisations, and the numbers others know them by."""
