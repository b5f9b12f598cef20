"""`certs`: what is inserted, once or as it changes."""
