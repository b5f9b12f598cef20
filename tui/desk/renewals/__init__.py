"""The renewal from admission to proof: the person's acts and the rules for them."""
