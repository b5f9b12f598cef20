"""What the desk says to people outside: its words, an outbox, mail and SMS."""
