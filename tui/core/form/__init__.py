"""What people type, field by field: its characters, its one normal form, and the rule that refuses it."""
