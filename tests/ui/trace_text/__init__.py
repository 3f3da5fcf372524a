"""What a trace's text is drawn of."""
