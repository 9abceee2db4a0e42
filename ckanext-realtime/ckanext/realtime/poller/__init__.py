"""The poller: one asyncio process that reads every feed, and a second one that waits for its death.

It loads no CKAN (180 MB, three seconds): what it needs of CKAN is two databases and a queue.
"""
