"""Stand-ins that tests start themselves."""
