"""The kinds of feed, one module each: bytes of an answer → Decoded. All are pure."""
