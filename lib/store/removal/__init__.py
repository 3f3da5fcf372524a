"""What is taken out of the file: what hangs on it is found, counted, and goes with it in one transaction.

`marking` says what goes, `counting` puts it into words, `clearing` does it, `log` keeps that it was done; `removing` is
the order of the four.
"""
