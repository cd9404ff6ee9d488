"""A skill's approved examples in the formats of the tools people use: streamed, and the same bytes each time."""
