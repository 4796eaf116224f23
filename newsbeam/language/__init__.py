"""What is said of language; spaCy lives here and nowhere else."""
