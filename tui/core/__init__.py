"""The domain: pure types and rules that know no screen, file, clock, socket or thread."""
