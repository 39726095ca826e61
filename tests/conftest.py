"""What every test may lean on: today, the vocabularies, three people, a partner's key."""
