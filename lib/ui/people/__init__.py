"""Who is at a browser, and what waits for the principal expert: what several pages share of it."""
