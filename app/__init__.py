"""Shutten: answers questions about Japanese documents with what they say, and proves it."""

__version__ = "0.2.0"
