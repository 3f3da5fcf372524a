"""The method as a story: dataset (import, generate, export), judging (prompt, run), figures.

Joins both doors, the store and the network; whatever takes two steps is a verb here. Holds no
SQL and no formulas.
"""
