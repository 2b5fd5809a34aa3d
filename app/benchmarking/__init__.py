"""How fast and how large the product is, beside a baseline measured in the same run."""
