"""Finding one’s way: suggestions, words put right, pages and events beside datasets."""
