"""One cell at a time, exactly as frictionless 5 reads it. Pure: no ``ckan``, no HTTP client."""
