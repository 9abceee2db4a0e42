"""Rows on line: filtered, sorted, grouped, drawn, shared by an address, streamed to a file."""
