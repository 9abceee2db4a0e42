"""The catalogue for others: DCAT-AP, GeoDCAT-AP, schema.org, feeds, inventories."""
