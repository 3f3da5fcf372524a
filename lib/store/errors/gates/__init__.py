"""What gates keep and look up: the frozen labelled set of a judge, and the traces of what was fixed."""
