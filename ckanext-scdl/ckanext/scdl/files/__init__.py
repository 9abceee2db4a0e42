"""Files as officers have them, read as tables: detection, repairs, maps, workbooks."""
