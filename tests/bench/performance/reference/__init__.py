"""The smallest programs that do the same, to hold the program against."""
