"""What `up --demo` shows: a catalogue of ISO 19139 records and ten tables, written for it.

Must import neither CKAN nor an HTTP client.
"""

from portal_kit.demo.catalogue import records, replicate

__all__ = ["records", "replicate"]
