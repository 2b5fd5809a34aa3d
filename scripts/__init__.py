"""Thin commands over `app`: run them as `python -m scripts.NAME`."""
