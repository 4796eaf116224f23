"""The store: the SQL lives here and nowhere else."""
