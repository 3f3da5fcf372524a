"""Production: folders and files that are read every so often, a share judged, a fall told, disagreements queued."""
