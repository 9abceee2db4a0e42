"""How `portal test` runs the suite and tells what came of it."""
