"""Who must hear what by when, and when no longer."""
