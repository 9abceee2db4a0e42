"""The past of a feed, read: measures, means, usual hours, and whole days as files."""
