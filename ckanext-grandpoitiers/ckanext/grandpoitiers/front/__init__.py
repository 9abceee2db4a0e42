"""What a request meets before CKAN: health, protections, limits on how often and how much."""
