"""From files to passages and facts."""
