"""Pure decisions: what becomes of a rule whose condition holds."""
