"""The synchronous client, made of the asynchronous one by ``scripts/generate_sync.py``."""
