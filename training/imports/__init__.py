"""Golden examples from a file: JSON Lines, CSV, or the evals.json of Agent Skills."""
