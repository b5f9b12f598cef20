"""Messages to people: an outbox, e-mail and SMS."""
