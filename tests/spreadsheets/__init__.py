"""What needs a real LibreOffice: its test is no part of `make test`, the files it saved are."""
