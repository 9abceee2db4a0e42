"""What producers send: keys, formats, limits, and answers that name the row."""
