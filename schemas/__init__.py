"""The dataset types: schemas of data, all their versions."""
