"""What several platforms share: bytes, forms, archives, units, transport."""
