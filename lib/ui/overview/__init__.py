"""The whole loop (where it stands, insights, review cycles): its views."""
