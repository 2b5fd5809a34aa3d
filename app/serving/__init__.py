"""The doors that show answers: web page and server."""
