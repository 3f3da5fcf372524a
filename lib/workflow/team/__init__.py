"""Login: passwords, who may come in, how long a browser stays logged in."""
