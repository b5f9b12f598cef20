"""E-invoices (数电票): ordered, delivered, taken back."""
