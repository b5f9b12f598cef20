"""What every process of the program does to itself, its clock, and the files read and written beside its work."""
