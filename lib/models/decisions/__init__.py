"""Typed questions that a model answers with probabilities: three wires, one Answer; every reply is validated here.

`asked` says what is asked, `reading` holds what all wires have in common, a file per wire knows its bodies, `door`
sends them. No client of a vendor is used: they pass probabilities of 1.7, and drop or bend what they do not know.
"""
