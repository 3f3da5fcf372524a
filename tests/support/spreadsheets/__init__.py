"""What tests of spreadsheets share: files of ours filled in, and the recorded ones that LibreOffice saved."""
