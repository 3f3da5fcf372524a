"""What tests of the room judge have in common."""
