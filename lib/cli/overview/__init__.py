"""The whole loop (insights, review cycles): its commands."""
