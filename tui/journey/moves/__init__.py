"""The moves of the journey: each takes the state and one event, and gives the next state and the commands to run."""
