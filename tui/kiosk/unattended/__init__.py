"""The journey without screens (`ca-kiosk renew`): answers from a file, results as lines."""
