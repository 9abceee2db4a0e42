"""GTFS static: the timetable that real time makes sense against. All modules are pure."""
