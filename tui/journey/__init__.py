"""The kiosk's machine: one pure step at a time, from an event to the next state and the commands to run."""
