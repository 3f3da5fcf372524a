"""Where one machine ends: copies of the file that come together again, and a judge that runs over a cluster."""
