"""A trace's text: conversations, code, JSON, tables, mails and links look like what they are, untrusted all of them."""
