"""The terminal below the app: what it can show, what it sends, and how it is put back."""
