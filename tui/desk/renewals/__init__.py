"""A renewal at the desk, from the first form to the proof."""
