"""The addresses of the platforms before: Opendatasoft and Data Fair, answered from our rows."""
