"""What every process of the program does to itself, and the files that it reads and writes beside its work."""
