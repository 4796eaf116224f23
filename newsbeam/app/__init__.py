"""The top: commands, the service that wires everything, configuration, the demo."""
