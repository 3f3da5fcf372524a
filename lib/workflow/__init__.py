"""The method as a story, a room for each step: dataset, review, judge, errors, and overview for the whole loop.

Brings together the store and the doors to the network: whatever takes two steps is a verb here. Holds no SQL and no
formulas.
"""
