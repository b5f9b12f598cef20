"""The desk over HTTPS: paths, messages, problems, and who may knock."""
