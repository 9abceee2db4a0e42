"""What the portal is used for: daily totals, and nothing about who asked."""
