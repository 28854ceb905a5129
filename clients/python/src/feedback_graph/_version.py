"""The version of this library, which is that of the servers it was made for."""

__version__ = "0.2.0"
