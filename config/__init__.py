"""What a town changes: its themes, organisations, sources, feeds and look."""
