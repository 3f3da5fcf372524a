"""Gates: figures against thresholds, fixed failures asked again, and whether the judge is still the one it was."""
