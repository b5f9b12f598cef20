"""One screen a step: each draws the state it is shown and hands the person's acts to the app as core events."""
