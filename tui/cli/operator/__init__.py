"""The operator of a counter: the password's hash, and what the menu behind it asks for."""
