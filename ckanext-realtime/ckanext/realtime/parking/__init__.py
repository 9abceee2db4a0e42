"""The live parking page: its board, its map, and the same as JSON."""
