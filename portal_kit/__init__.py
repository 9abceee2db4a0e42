"""What the `portal` command and the three CKAN extensions share. Holds no CKAN plugin."""
