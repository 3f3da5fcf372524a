"""Who may log in: accounts, sessions of browsers, failures to log in, and their log. Of the file, not of a project."""
