"""The receipt of a renewal: its text, masked, and where it can go: paper, a folder, a code on the screen."""
