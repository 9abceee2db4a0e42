"""The demonstration CSW server's files: its requirements, its WSGI entry and its repository."""
