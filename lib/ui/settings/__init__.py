"""The project itself (who, which models, at what price): its views."""
