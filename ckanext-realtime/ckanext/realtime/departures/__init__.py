"""Next departures of a stop: the timetable in force, with what real time says of it."""
