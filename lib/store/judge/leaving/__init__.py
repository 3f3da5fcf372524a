"""What is told of a judge that leaves the file, and what comes back to it."""
