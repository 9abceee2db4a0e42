"""Workshops: their types, their calendar, registration without an account."""
