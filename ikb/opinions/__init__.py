"""What other departments say when a lead asks them, behind a link: it counts as no statement and decides nothing."""
