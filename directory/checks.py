"""System checks of the directory: what must be true of a deployment, each with a hint that says what to do."""
