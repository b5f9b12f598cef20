"""`certs` and `doctor`: what is inserted, once or as it changes."""
