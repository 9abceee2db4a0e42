"""The geocatalogue: records of a CSW server, read by night, and written as datasets."""
