"""From a question to a provable answer."""
