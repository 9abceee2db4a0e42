"""The families of `portal` commands."""
