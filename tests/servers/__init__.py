"""Real servers for the tests: how they are started, killed and started again on the same data."""
