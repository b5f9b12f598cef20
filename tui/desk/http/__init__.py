"""The desk over HTTPS: routes, idempotency, problems, and limits on connections."""
