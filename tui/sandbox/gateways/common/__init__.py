"""What the stand-ins share: HTTP, ledgers, notices, bills, keys."""
