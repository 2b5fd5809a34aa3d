"""From passages to one verified index, and from a query to hits."""
