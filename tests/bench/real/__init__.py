"""The screens as terminals show them that nobody imitates: pictures, and whether a repaint would change one."""
